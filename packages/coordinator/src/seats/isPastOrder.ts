import type { Queries } from '../storage/database.ts'

/** @returns whether a device was given an order whose task has ended since */
export const isPastOrder = async (queries: Queries, deviceId: string, orderHash: string): Promise<boolean> => {
  const rows = await queries.query(
    `SELECT 1 FROM seats JOIN tasks USING (task_id)
     WHERE order_hash = $1 AND device_id = $2 AND status NOT IN ('queued', 'running')`,
    [orderHash, deviceId],
  )
  return rows.length > 0
}
