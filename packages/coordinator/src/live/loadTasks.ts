import { resumeSeat } from '../seats/resumeSeat.ts'
import type { SeatRow } from '../seats/seatRow.ts'
import type { Queries } from '../storage/database.ts'
import { STATUS_SQL } from '../tasks/taskRow.ts'
import type { LiveTask } from './liveTask.ts'

type TaskColumns = Omit<LiveTask, 'seats'>

/** Reads the tasks that have not ended, to go on with them. */
export const loadTasks = async (queries: Queries, nowMs: number): Promise<LiveTask[]> => {
  const tasks = await queries.query<TaskColumns>(
    `SELECT task_id, descriptor, inline_data, requester, operation, model, method, gstd_share, reward_share,
       requester_reputation, static_priority, received_at, deadline, dispatch_until, known_answer, ${STATUS_SQL} AS status
     FROM tasks WHERE status IN ('queued', 'running') ORDER BY received_at, task_id`,
  )
  const seats = await queries.query<SeatRow>(
    `SELECT seats.* FROM seats JOIN tasks USING (task_id) WHERE status IN ('queued', 'running') ORDER BY id`,
  )
  const resumed = seats.map((seat) => resumeSeat(seat, nowMs))
  const byTask = Map.groupBy(resumed, (seat) => seat.task_id)
  return tasks.map((task) => ({ ...task, seats: byTask.get(task.task_id) ?? [] }))
}
