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
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import type { LiveTask } from '../live/liveTask.ts'
import type { Unit } from '../log/journal.ts'
import type { Assignment } from '../matcher/matchSeats.ts'
import type { SeatRow } from '../seats/seatRow.ts'

export type OrderContext = { parameters: NetworkParameters; signer: Signer; clock: () => number }

/** What an order and its later pay depend on, as the log has it now. */
type DeviceStanding = { device_id: string; owner: string; certificate: SignedCertificate; reputation: number }

type DraftedOrder = { task: LiveTask; seat: SeatRow; device: DeviceStanding; order: WorkOrder; hash: string }

const readStandings = async (unit: Unit, assignments: readonly Assignment[]): Promise<Map<string, DeviceStanding>> => {
  const rows = await unit.query<DeviceStanding>(
    `SELECT device_id, owner, certificate, committed_reputation AS reputation FROM devices WHERE device_id = ANY($1)`,
    [[...new Set(assignments.map(({ device }) => device.deviceId))]],
  )
  return new Map(rows.map((row) => [row.device_id, row]))
}

/** @returns the order, if the seat may still go to the device as it was matched */
const draftOrder = (
  unit: Unit,
  { seat: { taskId, id }, device: matched }: Assignment,
  device: DeviceStanding | undefined,
  { parameters, clock }: OrderContext,
): DraftedOrder | undefined => {
  const task = unit.task(taskId)
  const seat = task?.seats.find((candidate) => candidate.id === id)
  const nowMs = clock()
  if (task === undefined || seat?.state !== 'open' || task.dispatch_until <= nowMs) return undefined
  if (device?.owner !== matched.owner) return undefined
  const order: WorkOrder = {
    ...orderTermsOf(task.descriptor, parameters.models),
    device_id: device.device_id,
    attempt: Math.max(0, ...task.seats.map(({ attempt }) => attempt ?? 0)) + 1,
    nonce: randomHex(16),
    dispatched_at: nowMs,
  }
  const hash = workOrderDocument.id(order)
  unit.change(seat, {
    state: 'dispatched',
    attempt: order.attempt,
    device_id: device.device_id,
    owner: device.owner,
    certificate: device.certificate,
    work_order: order,
    order_hash: hash,
    device_reputation: device.reputation,
    dispatched_at: nowMs,
    due_at: nowMs + parameters.timing.ack_ms,
  })
  unit.run(taskId)
  return { task, seat, device, order, hash }
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
  const standings = await readStandings(unit, assignments)
  const drafted = assignments.flatMap(
    (assignment) => draftOrder(unit, assignment, standings.get(assignment.device.deviceId), context) ?? [],
  )
  if (drafted.length === 0) return []
  const { parameters, signer, clock } = context
  const { batch, tree } = await signBatch({
    kind: 'order',
    origin: { network: parameters.network, vault: parameters.vault },
    signer,
    recipient: 'any',
    hashes: drafted.map(({ hash }) => fromHex(hash)),
    timestamp: clock(),
  })
  return drafted.map(({ task, seat, device, order }, index) => {
    const inclusion = inclusionOf(tree, index)
    unit.change(seat, { order_batch: batch, order_inclusion: inclusion })
    unit.log('dispatch', { seat: seat.seat, order, batch, inclusion, device_reputation: device.reputation })
    return { type: 'order', order, batch, inclusion, data: task.inline_data }
  })
}
