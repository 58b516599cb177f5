import {
  type CoordinatorMessage,
  fromHex,
  inclusionOf,
  type NetworkParameters,
  orderTermsOf,
  randomHex,
  type SignedCertificate,
  type Signer,
  signBatch,
  type TaskDescriptor,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import type { Unit } from '../log/journal.ts'
import type { Assignment } from '../matcher/matchSeats.ts'

export type OrderContext = { parameters: NetworkParameters; signer: Signer; clock: () => number }

type OpenSeat = {
  ordinal: number
  descriptor: TaskDescriptor
  inline_data: (string | null)[]
  owner: string
  certificate: SignedCertificate
  reputation: number
  attempts: number
}

type WrittenOrder = { seatId: number; seat: OpenSeat; order: WorkOrder }

/** The seat, if it may still go to the device as it was matched, with what the order and its later pay depend on. */
const readOpenSeat = async (unit: Unit, { seat, device }: Assignment, nowMs: number): Promise<OpenSeat | undefined> => {
  const [row] = await unit.query<OpenSeat>(
    `SELECT seats.seat AS ordinal, descriptor, inline_data, devices.owner, devices.certificate,
       devices.committed_reputation AS reputation,
       (SELECT count(*)::int FROM seats AS past WHERE past.task_id = seats.task_id AND past.attempt IS NOT NULL) AS attempts
     FROM seats JOIN tasks USING (task_id), devices
     WHERE seats.id = $1 AND seats.state = 'open' AND tasks.dispatch_until > $4
       AND devices.device_id = $2 AND devices.owner = $3`,
    [seat.id, device.deviceId, device.owner, nowMs],
  )
  return row
}

const dispatchSeat = async (
  unit: Unit,
  assignment: Assignment,
  { parameters, clock }: OrderContext,
): Promise<WrittenOrder | undefined> => {
  const nowMs = clock()
  const seat = await readOpenSeat(unit, assignment, nowMs)
  if (seat === undefined) return undefined
  const seatId = assignment.seat.id
  const { deviceId } = assignment.device
  const order: WorkOrder = {
    ...orderTermsOf(seat.descriptor, parameters.models),
    device_id: deviceId,
    attempt: seat.attempts + 1,
    nonce: randomHex(16),
    dispatched_at: nowMs,
  }
  await unit.query(
    `UPDATE seats SET state = 'dispatched', attempt = $2, device_id = $3, owner = $4, certificate = $5, work_order = $6,
       order_hash = $7, device_reputation = $8, dispatched_at = $9, due_at = $10 WHERE id = $1`,
    [
      seatId,
      order.attempt,
      deviceId,
      seat.owner,
      JSON.stringify(seat.certificate),
      JSON.stringify(order),
      workOrderDocument.id(order),
      seat.reputation,
      order.dispatched_at,
      order.dispatched_at + parameters.timing.ack_ms,
    ],
  )
  await unit.query(`UPDATE tasks SET status = 'running' WHERE task_id = $1 AND status = 'queued'`, [order.task_id])
  return { seatId, seat, order }
}

/**
 * Turns assignments into signed work orders: rows, log entries, and one signature for all of them.
 *
 * @returns messages to the devices, once the transaction is on disk
 */
export const writeOrders = async (
  unit: Unit,
  assignments: readonly Assignment[],
  context: OrderContext,
): Promise<Extract<CoordinatorMessage, { type: 'order' }>[]> => {
  const written: WrittenOrder[] = []
  for (const assignment of assignments) {
    const order = await dispatchSeat(unit, assignment, context)
    if (order !== undefined) written.push(order)
  }
  if (written.length === 0) return []
  const { parameters, signer, clock } = context
  const { batch, tree } = await signBatch({
    kind: 'order',
    origin: { network: parameters.network, vault: parameters.vault },
    signer,
    recipient: 'any',
    hashes: written.map(({ order }) => fromHex(workOrderDocument.id(order))),
    timestamp: clock(),
  })
  const messages: Extract<CoordinatorMessage, { type: 'order' }>[] = []
  for (const [index, { seatId, seat, order }] of written.entries()) {
    const inclusion = inclusionOf(tree, index)
    await unit.query('UPDATE seats SET order_batch = $2, order_inclusion = $3 WHERE id = $1', [
      seatId,
      JSON.stringify(batch),
      JSON.stringify(inclusion),
    ])
    unit.log('dispatch', { seat: seat.ordinal, order, batch, inclusion, device_reputation: seat.reputation })
    messages.push({ type: 'order', order, batch, inclusion, data: seat.inline_data })
  }
  return messages
}
