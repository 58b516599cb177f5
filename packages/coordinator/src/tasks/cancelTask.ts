import { GstdError } from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'
import { STATUS_SQL } from './taskRow.ts'

/**
 * Cancels a task that no device has been given yet, and releases its reservation.
 *
 * @throws GstdError `TASK_UNKNOWN`, `TASK_NOT_CANCELLABLE`
 */
export const cancelTask = (journal: Journal, requester: string, taskId: string, nowMs: number): Promise<void> =>
  journal.write(async (unit) => {
    const [task] = await unit.query<{ status: string }>(
      `SELECT ${STATUS_SQL} AS status FROM tasks WHERE task_id = $1 AND requester = $2`,
      [taskId, requester],
    )
    if (task === undefined) throw new GstdError('TASK_UNKNOWN', `no task ${taskId} belongs to this requester`)
    if (task.status === 'cancelled') return
    if (task.status !== 'queued') {
      throw new GstdError('TASK_NOT_CANCELLABLE', `the task is ${task.status}; only waiting tasks can be cancelled`, {
        details: { task_id: taskId, status: task.status },
      })
    }
    await unit.query(`DELETE FROM seats WHERE task_id = $1`, [taskId])
    await unit.query(
      `UPDATE tasks SET status = 'cancelled', reserved_nano = 0, ended_at = $2, error = $3, inline_data = '[]' WHERE task_id = $1`,
      [taskId, nowMs, JSON.stringify({ code: 'TASK_CANCELLED', message: 'the requester cancelled the task' })],
    )
    unit.afterwards(() => journal.live.forget(taskId))
    unit.log('cancelled', { task_id: taskId })
  })
