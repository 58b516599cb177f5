import { GstdError, type NetworkParameters } from '@gstd/sdk'
import type { LiveUnit } from '../log/journal.ts'
import { type Effect, tell } from './effects.ts'
import { findSeat } from './findSeat.ts'
import type { HeldSeat } from './seatRow.ts'

export type Timing = NetworkParameters['timing']

/** Tells a device that its seat is over, when it comes back to one that is. */
const dropped = (seat: HeldSeat): Effect[] =>
  tell(seat.device_id, { type: 'dropped', order_hash: seat.order_hash, reason: 'task_ended' })

const isOver = (seat: HeldSeat): boolean => seat.state === 'ended' || seat.state === 'closed'

/** The device has the order: it must start within `start_ms`. */
export const acknowledge = (
  unit: LiveUnit,
  deviceId: string,
  orderHash: string,
  nowMs: number,
  timing: Timing,
): Effect[] => {
  const seat = findSeat(unit, deviceId, orderHash)
  if (isOver(seat)) return dropped(seat)
  if (seat.state === 'dispatched') unit.touch(seat, { state: 'acknowledged', due_at: nowMs + timing.start_ms })
  return []
}

/**
 * Input and model are there: the clock of the time limit runs. Neither this nor the acknowledgement is worth a write: a
 * coordinator that is killed before the commitment counts the time from the dispatch (`resumeSeat`).
 */
export const start = (unit: LiveUnit, deviceId: string, orderHash: string, nowMs: number, timing: Timing): Effect[] => {
  const seat = findSeat(unit, deviceId, orderHash)
  if (isOver(seat)) return dropped(seat)
  if (seat.state === 'dispatched' || seat.state === 'acknowledged') {
    const limitMs = seat.work_order.constraints.time_limit_sec * 1000
    unit.touch(seat, { state: 'started', started_at: nowMs, due_at: nowMs + limitMs + timing.grace_ms })
  }
  return []
}

/** The commitment stops the device's clock; repeated ones are acknowledged again, different ones refused. */
export const commit = (
  unit: LiveUnit,
  deviceId: string,
  orderHash: string,
  commitment: string,
  nowMs: number,
): { effects: Effect[]; taskId: string } => {
  const seat = findSeat(unit, deviceId, orderHash)
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
  if (seat.started_at === null) {
    throw new GstdError('ORDER_UNKNOWN', 'the order has not been started', { details: { order_hash: orderHash } })
  }
  const observedMs = nowMs - seat.started_at
  const { started_at } = seat
  unit.change(seat, {
    state: 'committed',
    started_at,
    committed_at: nowMs,
    observed_ms: observedMs,
    commitment,
    due_at: null,
  })
  unit.log('commitment', {
    task_id: seat.task_id,
    attempt: seat.attempt,
    device_id: deviceId,
    commitment,
    observed_ms: observedMs,
  })
  return { effects: acknowledged, taskId: seat.task_id }
}
