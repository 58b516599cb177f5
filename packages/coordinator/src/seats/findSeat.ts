import { GstdError } from '@gstd/sdk'
import type { LiveTask } from '../live/liveTask.ts'
import type { LiveUnit } from '../log/journal.ts'
import type { HeldSeat, SeatRow } from './seatRow.ts'

/** @returns whether a device has or had the seat */
export const isHeld = (row: SeatRow): row is HeldSeat =>
  row.attempt !== null && row.device_id !== null && row.work_order !== null

/** @returns all executions of a task that a device has or had, in order of their attempts. */
export const heldSeats = (task: LiveTask): HeldSeat[] =>
  task.seats.filter(isHeld).toSorted((a, b) => a.attempt - b.attempt)

/**
 * Finds the execution under way that a device speaks of.
 *
 * @throws GstdError `ORDER_UNKNOWN` when no such order was given to this device, or its task has ended
 */
export const findSeat = (unit: LiveUnit, deviceId: string, orderHash: string): HeldSeat => {
  const seat = unit.ofOrder(orderHash)
  if (seat === undefined || !isHeld(seat) || seat.device_id !== deviceId) {
    throw new GstdError('ORDER_UNKNOWN', 'no such order was given to this device', {
      details: { order_hash: orderHash },
    })
  }
  return seat
}
