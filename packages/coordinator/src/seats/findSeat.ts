import { GstdError } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'
import type { HeldSeat, SeatRow } from './seatRow.ts'

const isHeld = (row: SeatRow | undefined): row is HeldSeat =>
  row !== undefined && row.attempt !== null && row.device_id !== null && row.work_order !== null

/**
 * Finds the execution that a device speaks of.
 *
 * @throws GstdError `ORDER_UNKNOWN` when no such order was given to this device
 */
export const findSeat = async (queries: Queries, deviceId: string, orderHash: string): Promise<HeldSeat> => {
  const [row] = await queries.query<SeatRow>('SELECT * FROM seats WHERE order_hash = $1', [orderHash])
  if (!isHeld(row) || row.device_id !== deviceId) {
    throw new GstdError('ORDER_UNKNOWN', 'no such order was given to this device', {
      details: { order_hash: orderHash },
    })
  }
  return row
}

/** @returns all executions of a task that a device has or had, in order of their attempts. */
export const heldSeats = async (queries: Queries, taskId: string): Promise<HeldSeat[]> => {
  const rows = await queries.query<SeatRow>('SELECT * FROM seats WHERE task_id = $1 ORDER BY attempt', [taskId])
  return rows.filter(isHeld)
}
