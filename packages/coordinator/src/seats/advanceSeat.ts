import { GstdError, startedDocument, verifySignature, type NetworkParameters } from '@gstd/sdk'
import type { Unit } from '../log/journal.ts'
import { type Effect, tell } from './effects.ts'
import { findSeat } from './findSeat.ts'
import type { HeldSeat } from './seatRow.ts'

export type Timing = NetworkParameters['timing']

/** Tells a device that its seat is over, when it comes back to one that is. */
const dropped = (seat: HeldSeat): Effect[] =>
  tell(seat.device_id, { type: 'dropped', order_hash: seat.order_hash, reason: 'task_ended' })

const isOver = (seat: HeldSeat): boolean => seat.state === 'ended' || seat.state === 'closed'

/** The device has the order: it must start within `start_ms`. */
export const acknowledge = async (
  unit: Unit,
  deviceId: string,
  orderHash: string,
  nowMs: number,
  timing: Timing,
): Promise<Effect[]> => {
  const seat = await findSeat(unit, deviceId, orderHash)
  if (isOver(seat)) return dropped(seat)
  await unit.query(`UPDATE seats SET state = 'acknowledged', due_at = $2 WHERE id = $1 AND state = 'dispatched'`, [
    seat.id,
    nowMs + timing.start_ms,
  ])
  return []
}

/** @throws GstdError `SIGNATURE_INVALID` when `started` is not signed by the device key. */
export const checkStarted = async (
  deviceKey: string,
  notice: { network: number; vault: string; device_id: string; order_hash: string; started_at: number },
  signature: string,
): Promise<void> => {
  const valid = await verifySignature(deviceKey, startedDocument.hash({ version: 1, ...notice }), signature)
  if (!valid) throw new GstdError('SIGNATURE_INVALID', '`started` is not signed by the device key')
}

/** Input and model are there: the clock of the time limit runs. */
export const start = async (
  unit: Unit,
  deviceId: string,
  orderHash: string,
  nowMs: number,
  timing: Timing,
): Promise<Effect[]> => {
  const seat = await findSeat(unit, deviceId, orderHash)
  if (isOver(seat)) return dropped(seat)
  const limitMs = seat.work_order.constraints.time_limit_sec * 1000
  await unit.query(
    `UPDATE seats SET state = 'started', started_at = $2, due_at = $3
     WHERE id = $1 AND state IN ('dispatched', 'acknowledged')`,
    [seat.id, nowMs, nowMs + limitMs + timing.grace_ms],
  )
  return []
}

/** The commitment stops the device's clock; repeated ones are acknowledged again, different ones refused. */
export const commit = async (
  unit: Unit,
  deviceId: string,
  orderHash: string,
  commitment: string,
  nowMs: number,
): Promise<{ effects: Effect[]; taskId: string }> => {
  const seat = await findSeat(unit, deviceId, orderHash)
  const acknowledged = tell(deviceId, { type: 'committed', order_hash: orderHash })
  if (isOver(seat)) return { effects: dropped(seat), taskId: seat.task_id }
  if (seat.commitment !== null) {
    if (seat.commitment !== commitment) {
      throw new GstdError('COMMITMENT_MISMATCH', 'another commitment was made for this order', {
        details: { order_hash: orderHash },
      })
    }
    return { effects: acknowledged, taskId: seat.task_id }
  }
  if (seat.state !== 'started') {
    throw new GstdError('ORDER_UNKNOWN', 'the order has not been started', { details: { order_hash: orderHash } })
  }
  const observedMs = nowMs - (seat.started_at ?? nowMs)
  await unit.query(
    `UPDATE seats SET state = 'committed', committed_at = $2, observed_ms = $3, commitment = $4, due_at = NULL
     WHERE id = $1`,
    [seat.id, nowMs, observedMs, commitment],
  )
  unit.log('commitment', {
    task_id: seat.task_id,
    attempt: seat.attempt,
    device_id: deviceId,
    commitment,
    observed_ms: observedMs,
  })
  return { effects: acknowledged, taskId: seat.task_id }
}
