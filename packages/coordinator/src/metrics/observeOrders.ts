import type { Connections } from '../devices/connections.ts'
import type { LiveTasks } from '../live/createLiveTasks.ts'
import type { Instruments } from './createInstruments.ts'

/** @returns the same connections; how long a task has waited is measured when its first order leaves */
export const observeOrders = (
  connections: Connections,
  live: Pick<LiveTasks, 'get'>,
  { dispatchSec, orders }: Pick<Instruments, 'dispatchSec' | 'orders'>,
): Connections => ({
  ...connections,
  send: (deviceId, message) => {
    if (message.type === 'order') {
      orders.inc()
      const { task_id: taskId, attempt, dispatched_at: dispatchedAtMs } = message.order
      const task = attempt === 1 ? live.get(taskId) : undefined
      if (task !== undefined) dispatchSec.observe((dispatchedAtMs - task.received_at) / 1000)
    }
    connections.send(deviceId, message)
  },
})
