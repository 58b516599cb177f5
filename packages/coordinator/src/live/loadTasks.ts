import type { SeatRow } from '../seats/seatRow.ts'
import type { Queries } from '../storage/database.ts'
import { STATUS_SQL } from '../tasks/taskRow.ts'
import type { LiveTask } from './liveTask.ts'

type TaskColumns = Omit<LiveTask, 'seats'>

/** Reads the tasks that have not ended, as stored. */
export const loadTasks = async (queries: Queries): Promise<LiveTask[]> => {
  const tasks = await queries.query<TaskColumns>(
    `SELECT task_id, descriptor, inline_data, requester, operation, model, method, gstd_share, reward_share,
       requester_reputation, static_priority, received_at, deadline, dispatch_until, known_answer, ${STATUS_SQL} AS status
     FROM tasks WHERE status IN ('queued', 'running') ORDER BY received_at, task_id`,
  )
  const seats = await queries.query<SeatRow>(
    `SELECT seats.* FROM seats JOIN tasks USING (task_id) WHERE status IN ('queued', 'running') ORDER BY id`,
  )
  const byTask = Map.groupBy(seats, (seat) => seat.task_id)
  return tasks.map((task) => ({ ...task, seats: byTask.get(task.task_id) ?? [] }))
}
