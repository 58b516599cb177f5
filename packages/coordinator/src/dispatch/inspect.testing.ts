import type { LogBody, LogEntry, LogEntryKind } from '@gstd/sdk'
import type { SeatRow } from '../seats/seatRow.ts'
import { STATUS_SQL } from '../tasks/taskRow.ts'
import type { Bench } from './openBench.testing.ts'

export type TaskRow = {
  status: string
  reserved_nano: number
  charged_nano: number
  result: unknown[] | null
  result_hash: string | null
  error: { code: string } | null
  inline_data: unknown[]
}

/** @returns a task as stored. */
export const taskRow = async (bench: Bench, taskId: string): Promise<TaskRow> => {
  const [row] = await bench.journal.query<TaskRow>(`SELECT *, ${STATUS_SQL} AS status FROM tasks WHERE task_id = $1`, [
    taskId,
  ])
  if (row === undefined) throw new Error(`no task ${taskId}`)
  return row
}

/** @returns a task's seats as stored, oldest first. */
export const seatRows = (bench: Bench, taskId: string): Promise<SeatRow[]> =>
  bench.journal.query<SeatRow>('SELECT * FROM seats WHERE task_id = $1 ORDER BY id', [taskId])

/** @returns states of a task's seats, oldest first; those of executions under way as they are in memory. */
export const seatStates = async (bench: Bench, taskId: string): Promise<string[]> =>
  (bench.journal.live.get(taskId)?.seats ?? (await seatRows(bench, taskId))).map(({ state, end_reason }) =>
    state === 'ended' ? `${state}:${end_reason}` : state,
  )

/** @returns the whole log. */
export const readLog = (bench: Bench): Promise<LogEntry[]> => bench.journal.entries(0, 1_000_000)

/** @returns the bodies of all entries of one kind. */
export const logged = async <Kind extends LogEntryKind>(bench: Bench, kind: Kind): Promise<LogBody<Kind>[]> =>
  (await readLog(bench)).filter((entry) => entry.kind === kind).map((entry) => entry.body as LogBody<Kind>)
