import { isBlamed, type SeatEndReason } from '@gstd/sdk'
import type { Unit } from '../log/journal.ts'
import { countFailure } from '../devices/deviceStatistics.ts'
import { type Effect, tell } from './effects.ts'
import type { HeldSeat } from './seatRow.ts'

/**
 * Ends an execution without an answer and opens its seat again for another device (protocol §6).
 * Whether the task can still succeed is decided afterwards (`decideTask`).
 */
export const endSeat = async (unit: Unit, seat: HeldSeat, reason: SeatEndReason): Promise<Effect[]> => {
  await unit.query(`UPDATE seats SET state = 'ended', due_at = NULL, end_reason = $2 WHERE id = $1`, [seat.id, reason])
  await unit.query(`INSERT INTO seats (task_id, seat, tries, state) VALUES ($1, $2, $3, 'open')`, [
    seat.task_id,
    seat.seat,
    seat.tries + 1,
  ])
  unit.log('seat_end', { task_id: seat.task_id, attempt: seat.attempt, device_id: seat.device_id, reason })
  if (isBlamed(reason)) {
    const { operation, model } = seat.work_order
    await countFailure(unit, { deviceId: seat.device_id, operation, model })
  }
  if (reason === 'input_unavailable') {
    await unit.query(
      `UPDATE requesters SET unavailable = unavailable + 1
       WHERE requester = (SELECT requester FROM tasks WHERE task_id = $1)`,
      [seat.task_id],
    )
  }
  return tell(seat.device_id, { type: 'dropped', order_hash: seat.order_hash, reason })
}
