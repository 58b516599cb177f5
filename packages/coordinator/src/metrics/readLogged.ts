import type { Queries } from '../storage/database.ts'
import type { Instruments } from './createInstruments.ts'

type Counted = { kind: string; entries: number }
type Ended = { status: string; method: string; tasks: number }

/** Counts what was logged from one size of the log to another: what was counted before is not read again. */
export const readLogged = async (
  { query }: Queries,
  from: number,
  to: number,
  { logged, endedTasks }: Pick<Instruments, 'logged' | 'endedTasks'>,
): Promise<void> => {
  if (from >= to) return
  const [kinds, judged, cancelled] = await Promise.all([
    query<Counted>('SELECT kind, count(*) AS entries FROM log WHERE index >= $1 AND index < $2 GROUP BY kind', [
      from,
      to,
    ]),
    query<Ended>(
      `SELECT status, method, count(*) AS tasks FROM tasks WHERE verdict_index >= $1 AND verdict_index < $2
       GROUP BY status, method`,
      [from, to],
    ),
    query<Ended>(
      `SELECT 'cancelled' AS status, method, count(*) AS tasks FROM log
       JOIN tasks ON task_id = (body->>'task_id')::uuid
       WHERE index >= $1 AND index < $2 AND kind = 'cancelled' GROUP BY method`,
      [from, to],
    ),
  ])
  for (const { kind, entries } of kinds) logged.inc({ kind }, entries)
  for (const { status, method, tasks } of [...judged, ...cancelled]) endedTasks.inc({ status, method }, tasks)
}
