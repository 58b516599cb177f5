import { formatAmount } from '@gstd/sdk'
import type { WorkerEvent } from '@gstd/worker'

const short = (id: string): string => id.slice(0, 8)

/** Says in a few words what happened in a worker; undefined for what only programs care about. */
export const describeEvent = (event: WorkerEvent): string | undefined => {
  switch (event.type) {
    case 'connecting':
      return event.attempt > 1 ? `connecting to ${event.url} (attempt ${event.attempt})` : `connecting to ${event.url}`
    case 'connected':
      return `connected to ${event.url}, round trip ${Math.round(event.roundTripMs)} ms`
    case 'disconnected':
      return `disconnected: ${event.reason}; trying again in ${Math.round(event.retryInMs / 100) / 10} s`
    case 'model':
      return event.phase === 'ready' ? `model ${event.model} is there` : `getting model ${event.model}`
    case 'order':
      return `task ${short(event.taskId)}: ${event.operation}, ${event.items} item(s), ${formatAmount(event.rewardNano)} TON`
    case 'refused':
      return `order refused: ${event.reason}, ${event.message}`
    case 'input_unavailable':
      return `task ${short(event.taskId)}: input ${event.item + 1} cannot be had: ${event.message}`
    case 'done':
      return `task ${short(event.taskId)}: done in ${Math.round(event.executionTimeMs)} ms, ${event.energyMwh} mWh`
    case 'failed':
      return `task ${short(event.taskId)}: ${event.code}, ${event.message}`
    case 'dropped':
      return `order dropped: ${event.reason}`
    case 'outcome': {
      const task = event.taskId === undefined ? 'a task' : `task ${short(event.taskId)}`
      return event.agreed
        ? `${task}: +${formatAmount(event.rewardNano)} TON, ${formatAmount(event.earnedNano)} TON in ${event.tasks} task(s)`
        : `${task}: the other devices had another result, not paid`
    }
    case 'error':
      return `${event.code}: ${event.message}`
    default:
      return undefined
  }
}
