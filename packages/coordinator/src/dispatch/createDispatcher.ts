import {
  fromHex,
  inclusionOf,
  type NetworkParameters,
  orderTermsOf,
  randomHex,
  sha256,
  type SignedCertificate,
  type Signer,
  signBatch,
  type TaskDescriptor,
  type WorkOrder,
  workOrderDocument,
  deadlineOf,
} from '@gstd/sdk'
import type { Connections } from '../devices/connections.ts'
import { readReliabilities } from '../devices/deviceStatistics.ts'
import type { Identity } from '../devices/independence.ts'
import type { Journal, Unit } from '../log/journal.ts'
import { type Assignment, matchSeats, type MatchableDevice, type WaitingSeat } from '../matcher/matchSeats.ts'
import { rankSeats, type RankedTerms } from '../queue/rankSeats.ts'
import { busyStates } from '../seats/seatRow.ts'

export type DispatcherOptions = {
  journal: Journal
  connections: Connections
  parameters: NetworkParameters
  signer: Signer
  clock: () => number
}

export type Dispatcher = {
  /** Gives waiting seats to free devices: one signature for all orders of the tick. */
  tick(): Promise<void>
}

type QueuedSeat = WaitingSeat & RankedTerms & { descriptor: TaskDescriptor; inlineData: (string | null)[] }

type QueuedRow = {
  id: number
  task_id: string
  operation: string
  model: string
  method: string
  descriptor: TaskDescriptor
  inline_data: (string | null)[]
  gstd_share: number
  reward_share: number
  requester_reputation: number
  received_at: number
}

type DispatchRow = {
  ordinal: number
  owner: string
  certificate: SignedCertificate
  reputation: number
  attempts: number
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

const QUEUED = `SELECT seats.id, tasks.task_id, operation, model, method, descriptor, inline_data, gstd_share,
    reward_share, tasks.requester_reputation, received_at
  FROM seats JOIN tasks USING (task_id)
  WHERE seats.state = 'open' AND seats.tries < $2 AND tasks.dispatch_until > $1 ORDER BY`

const readQueue = async (journal: Journal, nowMs: number, attemptsPerSeat: number): Promise<QueuedRow[]> => {
  const rows = await Promise.all(
    ['static_priority DESC, seats.id', 'deadline, seats.id', 'received_at, seats.id'].map((order) =>
      journal.query<QueuedRow>(`${QUEUED} ${order} LIMIT ${WINDOW}`, [nowMs, attemptsPerSeat]),
    ),
  )
  return [...new Map(rows.flat().map((row) => [row.id, row])).values()]
}

const readHistory = (journal: Journal, taskIds: string[]): Promise<SeatHistory[]> =>
  journal.query<SeatHistory>(
    `SELECT seats.task_id, seats.state, devices.device_id, seats.owner, devices.fingerprint, devices.address_range
     FROM seats JOIN devices USING (device_id) WHERE task_id = ANY($1::uuid[])`,
    [taskIds],
  )

const toQueuedSeat = (row: QueuedRow, history: readonly SeatHistory[]): QueuedSeat => {
  const own = history.filter((seat) => seat.task_id === row.task_id)
  const taken: Identity[] = own
    .filter((seat) => seat.state !== 'ended')
    .map((seat) => ({
      deviceId: seat.device_id,
      owner: seat.owner,
      fingerprint: seat.fingerprint,
      addressRange: seat.address_range,
    }))
  return {
    id: row.id,
    taskId: row.task_id,
    operation: row.operation,
    model: row.model,
    method: row.method,
    isFirst: taken.length === 0,
    taken,
    failedDeviceIds: new Set(own.filter((seat) => seat.state === 'ended').map((seat) => seat.device_id)),
    descriptor: row.descriptor,
    inlineData: row.inline_data,
    gstdShare: row.gstd_share,
    rewardShare: row.reward_share,
    requesterReputation: row.requester_reputation,
    deadlineMs: deadlineOf(row.descriptor),
    receivedAtMs: row.received_at,
  }
}

/** Builds the dispatcher; ticks never overlap. */
export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { journal, connections, parameters, signer, clock } = options
  const { weights, independence } = parameters
  let dispatched = 0

  const readDevices = async (): Promise<MatchableDevice[]> => {
    const connected = connections.all()
    const ids = connected.map((connection) => connection.deviceId)
    const busy = await journal.query<{ device_id: string; busy: number }>(
      `SELECT device_id, count(*)::int AS busy FROM seats WHERE device_id = ANY($1) AND state = ANY($2) GROUP BY device_id`,
      [ids, busyStates],
    )
    const busyById = new Map(busy.map((row) => [row.device_id, row.busy]))
    const reliability = await readReliabilities(journal, ids)
    return connected.map((connection) => ({
      deviceId: connection.deviceId,
      owner: connection.owner,
      fingerprint: connection.fingerprint,
      addressRange: connection.addressRange,
      operations: connection.operations,
      cachedModels: new Set(connection.state.cached_models),
      availableEnergy: connection.state.available_energy,
      latencyMs: connection.latencyMs,
      slots: connection.state.slots,
      busySlots: busyById.get(connection.deviceId) ?? 0,
      reliability: (operation: string, model: string) => reliability(connection.deviceId, operation, model),
    }))
  }

  /** Lots for `majority`: from the log's root before the dispatch, which nobody can choose. */
  const draw = (root: Uint8Array) => (seat: WaitingSeat) => {
    const seed = sha256(root, new TextEncoder().encode(`${seat.taskId}/${seat.id}`))
    return new DataView(seed.buffer).getUint32(0) / 2 ** 32
  }

  const toOrder = (seat: QueuedSeat, deviceId: string, attempt: number): WorkOrder => ({
    ...orderTermsOf(seat.descriptor, parameters.models),
    device_id: deviceId,
    attempt,
    nonce: randomHex(16),
    dispatched_at: clock(),
  })

  const writeOrders = async (unit: Unit, assignments: readonly Assignment[], queued: Map<number, QueuedSeat>) => {
    const orders: { seat: QueuedSeat; order: WorkOrder; reputation: number; ordinal: number }[] = []
    for (const {
      seat: { id },
      device,
    } of assignments) {
      const seat = queued.get(id)
      const [row] = await unit.query<DispatchRow>(
        `SELECT seats.seat AS ordinal, devices.owner, devices.certificate, devices.committed_reputation AS reputation,
           (SELECT count(*)::int FROM seats AS past WHERE past.task_id = seats.task_id AND past.attempt IS NOT NULL) AS attempts
         FROM seats JOIN tasks USING (task_id), devices
         WHERE seats.id = $1 AND seats.state = 'open' AND tasks.dispatch_until > $4
           AND devices.device_id = $2 AND devices.owner = $3`,
        [id, device.deviceId, device.owner, clock()],
      )
      if (row === undefined || seat === undefined) continue
      const order = toOrder(seat, device.deviceId, row.attempts + 1)
      await unit.query(
        `UPDATE seats SET state = 'dispatched', attempt = $2, device_id = $3, owner = $4, work_order = $5,
           order_hash = $6, device_reputation = $7, dispatched_at = $8, due_at = $9, certificate = $10 WHERE id = $1`,
        [
          id,
          order.attempt,
          device.deviceId,
          row.owner,
          JSON.stringify(order),
          workOrderDocument.id(order),
          row.reputation,
          order.dispatched_at,
          order.dispatched_at + parameters.timing.ack_ms,
          JSON.stringify(row.certificate),
        ],
      )
      await unit.query(`UPDATE tasks SET status = 'running' WHERE task_id = $1 AND status = 'queued'`, [seat.taskId])
      orders.push({ seat, order, reputation: row.reputation, ordinal: row.ordinal })
    }
    if (orders.length === 0) return []
    const { batch, tree } = await signBatch({
      kind: 'order',
      origin: { network: parameters.network, vault: parameters.vault },
      signer,
      recipient: 'any',
      hashes: orders.map(({ order }) => fromHex(workOrderDocument.id(order))),
      timestamp: clock(),
    })
    return Promise.all(
      orders.map(async ({ seat, order, reputation, ordinal }, index) => {
        const inclusion = inclusionOf(tree, index)
        await unit.query('UPDATE seats SET order_batch = $2, order_inclusion = $3 WHERE id = $1', [
          seat.id,
          JSON.stringify(batch),
          JSON.stringify(inclusion),
        ])
        unit.log('dispatch', { seat: ordinal, order, batch, inclusion, device_reputation: reputation })
        return { order, batch, inclusion, data: seat.inlineData }
      }),
    )
  }

  const runTick = async (): Promise<void> => {
    if (connections.all().length === 0) return
    const rows = await readQueue(journal, clock(), parameters.attempts_per_seat)
    if (rows.length === 0) return
    const devices = await readDevices()
    if (devices.every((device) => device.busySlots >= device.slots)) return
    const history = await readHistory(journal, [...new Set(rows.map((row) => row.task_id))])
    const queued = new Map(rows.map((row) => [row.id, toQueuedSeat(row, history)]))
    const ranked = rankSeats([...queued.values()], clock(), dispatched, weights.priority)
    const root = journal.tree.size === 0 ? new Uint8Array(32) : journal.tree.root()
    const rules = { weights: weights.device_score, independence, draw: draw(root) }
    const assignments = matchSeats(ranked, devices, rules)
    if (assignments.length === 0) return
    dispatched += assignments.length
    const orders = await journal.write((unit) => writeOrders(unit, assignments, queued))
    for (const order of orders) connections.send(order.order.device_id, { type: 'order', ...order })
  }

  let running: Promise<void> | undefined
  let again = false
  const tick = async (): Promise<void> => {
    if (running !== undefined) {
      again = true
      return running
    }
    do {
      again = false
      running = runTick()
      try {
        await running
      } finally {
        running = undefined
      }
    } while (again)
  }
  return { tick }
}
