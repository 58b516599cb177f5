import { isBlamed, type SeatEndReason } from '@gstd/sdk'
import type { LiveUnit } from '../log/journal.ts'
import { type Effect, tell } from './effects.ts'
import type { HeldSeat } from './seatRow.ts'

/**
 * Ends an execution without an answer and opens its seat again for another device (protocol §6).
 * Whether the task can still succeed is decided afterwards (`decideTask`).
 */
export const endSeat = (unit: LiveUnit, seat: HeldSeat, reason: SeatEndReason): Effect[] => {
  unit.change(seat, { state: 'ended', due_at: null, end_reason: reason })
  unit.open(seat.task_id, seat.seat, seat.tries + 1)
  unit.log('seat_end', { task_id: seat.task_id, attempt: seat.attempt, device_id: seat.device_id, reason })
  if (isBlamed(reason)) {
    const { operation, model } = seat.work_order
    unit.tally.failure({ deviceId: seat.device_id, operation, model })
  }
  if (reason === 'input_unavailable') {
    const requester = unit.task(seat.task_id)?.requester
    if (requester !== undefined) unit.tally.requester(requester, { unavailable: 1 })
  }
  return tell(seat.device_id, { type: 'dropped', order_hash: seat.order_hash, reason })
}
