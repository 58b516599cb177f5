import type { Identity } from '../devices/independence.ts'
import type { WaitingSeat } from '../matcher/matchSeats.ts'
import type { RankedTerms } from '../queue/rankSeats.ts'
import type { Queries } from '../storage/database.ts'

/** A seat without a device, with all that ranking and matching need: neither its descriptor nor its inputs. */
export type QueuedSeat = WaitingSeat & RankedTerms

type QueuedRow = {
  id: number
  task_id: string
  operation: string
  model: string
  method: string
  gstd_share: number
  reward_share: number
  requester_reputation: number
  deadline: number
  received_at: number
}

type SeatHistory = {
  task_id: string
  state: string
  device_id: string
  owner: string
  fingerprint: string
  address_range: string
}

/** How many waiting seats a tick looks at in each order: best by standing terms, most urgent, longest waiting. */
const WINDOW = 256

const WINDOW_BY = (order: string): string =>
  `(SELECT seats.id, tasks.task_id, operation, model, method, gstd_share, reward_share, tasks.requester_reputation,
      deadline, received_at
    FROM seats JOIN tasks USING (task_id)
    WHERE seats.state = 'open' AND seats.tries < $2 AND tasks.dispatch_until > $1
    ORDER BY ${order}, seats.id LIMIT ${WINDOW})`

const QUEUE = ['static_priority DESC', 'deadline', 'received_at'].map(WINDOW_BY).join(' UNION ')

const HISTORY = `SELECT seats.task_id, seats.state, devices.device_id, seats.owner, devices.fingerprint,
    devices.address_range
  FROM seats JOIN devices USING (device_id) WHERE task_id = ANY($1::uuid[])`

const toIdentity = (seat: SeatHistory): Identity => ({
  deviceId: seat.device_id,
  owner: seat.owner,
  fingerprint: seat.fingerprint,
  addressRange: seat.address_range,
})

const toQueuedSeat = (row: QueuedRow, history: readonly SeatHistory[]): QueuedSeat => {
  const taken = history.filter((seat) => seat.state !== 'ended').map(toIdentity)
  return {
    id: row.id,
    taskId: row.task_id,
    operation: row.operation,
    model: row.model,
    method: row.method,
    isFirst: taken.length === 0,
    taken,
    failedDeviceIds: new Set(history.filter((seat) => seat.state === 'ended').map((seat) => seat.device_id)),
    gstdShare: row.gstd_share,
    rewardShare: row.reward_share,
    requesterReputation: row.requester_reputation,
    deadlineMs: row.deadline,
    receivedAtMs: row.received_at,
  }
}

/** @returns the seats worth looking at now, in no particular order. */
export const readQueue = async (queries: Queries, nowMs: number, attemptsPerSeat: number): Promise<QueuedSeat[]> => {
  const rows = await queries.query<QueuedRow>(QUEUE, [nowMs, attemptsPerSeat])
  if (rows.length === 0) return []
  const history = await queries.query<SeatHistory>(HISTORY, [[...new Set(rows.map((row) => row.task_id))]])
  const byTask = Map.groupBy(history, (seat) => seat.task_id)
  return rows.map((row) => toQueuedSeat(row, byTask.get(row.task_id) ?? []))
}
