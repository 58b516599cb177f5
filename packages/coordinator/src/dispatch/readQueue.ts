import type { Identity } from '../devices/independence.ts'
import type { LiveTasks } from '../live/createLiveTasks.ts'
import type { LiveTask } from '../live/liveTask.ts'
import type { WaitingSeat } from '../matcher/matchSeats.ts'
import type { RankedTerms } from '../queue/rankSeats.ts'
import { isHeld } from '../seats/findSeat.ts'
import type { Queries } from '../storage/database.ts'

/** A seat without a device, with all that ranking and matching need. */
export type QueuedSeat = WaitingSeat & RankedTerms

type Fingerprint = { device_id: string; fingerprint: string; address_range: string }

/** How many waiting tasks a tick looks at in each order: best by standing terms, most urgent, longest waiting. */
const WINDOW = 256

const ORDERS: ((a: LiveTask, b: LiveTask) => number)[] = [
  (a, b) => b.static_priority - a.static_priority,
  (a, b) => a.deadline - b.deadline,
  (a, b) => a.received_at - b.received_at,
]

const windowOf = (tasks: readonly LiveTask[]): Set<LiveTask> =>
  tasks.length <= WINDOW ? new Set(tasks) : new Set(ORDERS.flatMap((order) => tasks.toSorted(order).slice(0, WINDOW)))

/** What tells whether devices that have or had seats are independent of others. */
const readFingerprints = async (queries: Queries, deviceIds: string[]): Promise<Map<string, Fingerprint>> => {
  if (deviceIds.length === 0) return new Map()
  const rows = await queries.query<Fingerprint>(
    'SELECT device_id, fingerprint, address_range FROM devices WHERE device_id = ANY($1)',
    [deviceIds],
  )
  return new Map(rows.map((row) => [row.device_id, row]))
}

const queuedSeats = (
  task: LiveTask,
  attempts: number,
  fingerprints: ReadonlyMap<string, Fingerprint>,
): QueuedSeat[] => {
  const held = task.seats.filter(isHeld)
  const taken = held
    .filter(({ state }) => state !== 'ended')
    .map(({ device_id: deviceId, owner }): Identity => ({
      deviceId,
      owner: owner ?? '',
      fingerprint: fingerprints.get(deviceId)?.fingerprint ?? '',
      addressRange: fingerprints.get(deviceId)?.address_range ?? '',
    }))
  const failedDeviceIds = new Set(held.filter(({ state }) => state === 'ended').map((seat) => seat.device_id))
  return task.seats
    .filter(({ state, tries }) => state === 'open' && tries < attempts)
    .map(({ id }) => ({
      id,
      taskId: task.task_id,
      operation: task.operation,
      model: task.model,
      method: task.method,
      isFirst: taken.length === 0,
      taken,
      failedDeviceIds,
      gstdShare: task.gstd_share,
      rewardShare: task.reward_share,
      requesterReputation: task.requester_reputation,
      deadlineMs: task.deadline,
      receivedAtMs: task.received_at,
    }))
}

/** @returns the seats worth looking at now, in no particular order. */
export const readQueue = async (
  queries: Queries,
  live: Pick<LiveTasks, 'waiting'>,
  nowMs: number,
  attemptsPerSeat: number,
): Promise<QueuedSeat[]> => {
  const waiting = [...live.waiting()].filter((task) => task.dispatch_until > nowMs)
  const tasks = [...windowOf(waiting)]
  const devices = new Set(tasks.flatMap(({ seats }) => seats.filter(isHeld).map((seat) => seat.device_id)))
  const fingerprints = await readFingerprints(queries, [...devices])
  return tasks.flatMap((task) => queuedSeats(task, attemptsPerSeat, fingerprints))
}
