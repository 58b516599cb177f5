import { GstdError, type Proof, type TaskStatus, type TaskView, taskStatuses } from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'
import type { Queries } from '../storage/database.ts'
import { isHeld } from '../seats/findSeat.ts'
import { STATUS_SQL } from './taskRow.ts'

type StoredTask = {
  task_id: string
  descriptor_hash: string
  status: string
  operation: string
  model: string
  method: string
  received_at: number
  deadline: number
  reserved_nano: number
  charged_nano: number
  result: unknown[] | null
  result_hash: string | null
  error: { code: string; message: string } | null
  verdict_index: number | null
  paid: boolean
}

type StatusColumns = Pick<StoredTask, 'status' | 'paid' | 'verdict_index'>

type StoredSeat = { task_id: string; attempt: number; device_id: string; state: string; proof: Proof | null }

/** @returns the status a requester sees: a verdict is final once the auditor's head covers it. */
const statusOf = (task: StatusColumns, finalSize: number): TaskStatus => {
  if (task.status === 'delivered' && task.paid) return 'paid'
  if (task.status === 'delivered' && task.verdict_index !== null && task.verdict_index < finalSize) return 'accepted'
  return taskStatuses.find((status) => status === task.status) ?? 'queued'
}

const toView = (task: StoredTask, seats: readonly StoredSeat[], finalSize: number): TaskView => ({
  task_id: task.task_id,
  descriptor_hash: task.descriptor_hash,
  status: statusOf(task, finalSize),
  operation: task.operation,
  model: task.model,
  validation: task.method,
  created_at: task.received_at,
  deadline: task.deadline,
  reserved_nano: String(task.reserved_nano),
  ...(task.verdict_index !== null && { charged_nano: String(task.charged_nano) }),
  ...(task.result !== null && { result: task.result }),
  ...(task.result_hash !== null && { result_hash: task.result_hash }),
  ...(task.error !== null && { error: task.error }),
  seats: seats.map((seat) => ({
    attempt: seat.attempt,
    device_id: seat.device_id,
    state: seat.state,
    ...(seat.proof !== null && { execution_time_ms: seat.proof.execution_time_ms }),
  })),
})

const COLUMNS = `task_id, descriptor_hash, ${STATUS_SQL} AS status, operation, model, method, received_at, deadline, reserved_nano,
  charged_nano, result, result_hash, error, verdict_index, paid`

/** What is stored, and what is under way. */
type Reader = Pick<Journal, 'query' | 'live'>

const unknownTask = (taskId: string): never => {
  throw new GstdError('TASK_UNKNOWN', `no task ${taskId} belongs to this requester`, { details: { task_id: taskId } })
}

const withSeats = async (journal: Reader, tasks: StoredTask[], finalSize: number): Promise<TaskView[]> => {
  const seats = await journal.query<StoredSeat>(
    `SELECT task_id, attempt, device_id, state, proof FROM seats WHERE task_id = ANY($1::uuid[])
     AND attempt IS NOT NULL ORDER BY attempt`,
    [tasks.map((task) => task.task_id)],
  )
  const byTask = Map.groupBy(seats, (seat) => seat.task_id)
  // How far an execution under way has come is not always written.
  const seatsOf = (taskId: string): StoredSeat[] =>
    journal.live.get(taskId)?.seats.filter(isHeld) ?? byTask.get(taskId) ?? []
  return tasks.map((task) => toView(task, seatsOf(task.task_id), finalSize))
}

/**
 * Reads tasks of a requester.
 *
 * @param finalSize - entries of the log that the auditor's head covers
 * @returns them in the order of their ids in `taskIds`
 * @throws GstdError `TASK_UNKNOWN`, also for tasks of others
 */
export const readTasks = async (
  journal: Reader,
  requester: string,
  taskIds: readonly string[],
  finalSize: number,
): Promise<TaskView[]> => {
  const tasks = await journal.query<StoredTask>(
    `SELECT ${COLUMNS} FROM tasks WHERE task_id = ANY($1::uuid[]) AND requester = $2`,
    [taskIds, requester],
  )
  const byId = new Map((await withSeats(journal, tasks, finalSize)).map((view) => [view.task_id, view]))
  return taskIds.map((taskId) => byId.get(taskId) ?? unknownTask(taskId))
}

/**
 * Checks that tasks are a requester's.
 *
 * @throws GstdError `TASK_UNKNOWN`
 */
export const checkOwner = async (queries: Queries, requester: string, taskIds: readonly string[]): Promise<void> => {
  const rows = await queries.query<{ task_id: string }>(
    'SELECT task_id FROM tasks WHERE task_id = ANY($1::uuid[]) AND requester = $2',
    [taskIds, requester],
  )
  const owned = new Set(rows.map((row) => row.task_id))
  const other = taskIds.find((taskId) => !owned.has(taskId))
  if (other !== undefined) unknownTask(other)
}

export type TaskFilter = { limit: number; status?: TaskStatus | undefined }

/** {@link statusOf} in SQL; `$2` is the size of the final log. */
const SHOWN_STATUS_SQL = `CASE WHEN status <> 'delivered' THEN ${STATUS_SQL} WHEN paid THEN 'paid'
  WHEN verdict_index < $2 THEN 'accepted' ELSE 'delivered' END`

/** Reads a requester's tasks, all or those of one status, newest first. */
export const listTasks = async (
  journal: Reader,
  requester: string,
  { limit, status }: TaskFilter,
  finalSize: number,
): Promise<TaskView[]> => {
  const tasks = await journal.query<StoredTask>(
    `SELECT ${COLUMNS} FROM tasks WHERE requester = $1 AND ($3::text IS NULL OR ${SHOWN_STATUS_SQL} = $3)
     ORDER BY received_at DESC, task_id LIMIT $4`,
    [requester, finalSize, status ?? null, limit],
  )
  return withSeats(journal, tasks, finalSize)
}

/** @returns the status of each task that exists, by id. */
export const readStatuses = async (
  journal: Reader,
  taskIds: readonly string[],
  finalSize: number,
): Promise<Map<string, TaskStatus>> => {
  const live = taskIds.flatMap((taskId): [string, TaskStatus][] => {
    const task = journal.live.get(taskId)
    return task === undefined ? [] : [[taskId, statusOf({ ...task, paid: false, verdict_index: null }, finalSize)]]
  })
  const known = new Map(live)
  const others = taskIds.filter((taskId) => !known.has(taskId))
  if (others.length === 0) return known
  const rows = await journal.query<StatusColumns & { task_id: string }>(
    `SELECT task_id, ${STATUS_SQL} AS status, paid, verdict_index FROM tasks WHERE task_id = ANY($1::uuid[])`,
    [others],
  )
  for (const row of rows) known.set(row.task_id, statusOf(row, finalSize))
  return known
}
