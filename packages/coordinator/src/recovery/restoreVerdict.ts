import type { LogBody, TaskDescriptor } from '@gstd/sdk'
import { countVerdict } from '../devices/countVerdict.ts'
import { saveTally } from '../log/saveTally.ts'
import { createTally } from '../log/tally.ts'
import type { RestoreEntry } from './restoreContext.ts'

const failureOf = ({ outcome, reason = 'INTERNAL_ERROR' }: LogBody<'verdict'>): string | null =>
  outcome === 'accepted'
    ? null
    : JSON.stringify({ code: reason, message: 'the task failed before the log was restored' })

/** A verdict with all it counts and charges. The result is there only where the backup has it. */
export const restoreVerdict: RestoreEntry<'verdict'> = async (queries, { index, at, body }) => {
  const [task] = await queries.query<{ descriptor: TaskDescriptor }>(
    `UPDATE tasks SET status = $2, reserved_nano = 0, charged_nano = $3, result_hash = $4, error = $5,
       verdict_index = $6, ended_at = $7, inline_data = '[]', result =
         (SELECT result FROM seats WHERE seats.task_id = $1 AND seats.result_hash = $4 AND result IS NOT NULL LIMIT 1)
     WHERE task_id = $1 RETURNING descriptor`,
    [
      body.task_id,
      body.outcome === 'accepted' ? 'delivered' : 'failed',
      body.charged_nano,
      body.result_hash ?? null,
      failureOf(body),
      index,
      at,
    ],
  )
  if (task === undefined) throw new Error(`the verdict ${index} is about a task that was never taken in`)
  for (const { attempt, agreed, reward_nano } of body.seats) {
    await queries.query(
      `UPDATE seats SET state = 'closed', due_at = NULL, agreed = $3, reward_nano = $4
       WHERE task_id = $1 AND attempt = $2`,
      [body.task_id, attempt, agreed, reward_nano],
    )
  }
  await queries.query(`DELETE FROM seats WHERE task_id = $1 AND state = 'open'`, [body.task_id])
  await queries.query(
    `UPDATE seats SET state = 'ended', due_at = NULL, end_reason = 'task_ended'
     WHERE task_id = $1 AND state NOT IN ('closed', 'ended')`,
    [body.task_id],
  )
  const tally = createTally()
  countVerdict(tally, body, task.descriptor)
  await saveTally(queries, tally)
}
