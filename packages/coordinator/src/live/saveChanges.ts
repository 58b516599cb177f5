import type { Queries } from '../storage/database.ts'
import { saveTally } from '../log/saveTally.ts'
import type { CollectedChanges } from './openChanges.ts'

/**
 * One statement for each table, however many rows: a row that goes alone costs a hundred times what it costs among
 * a thousand.
 */
const NEW_TASKS = `INSERT INTO tasks (task_id, descriptor_hash, descriptor, inline_data, batch, inclusion, requester,
    escrow, operation, model, method, status, gstd_share, reward_share, requester_reputation, static_priority,
    received_at, deadline, dispatch_until, tariff_nano, reserved_nano, known_answer)
  SELECT task_id, descriptor_hash, descriptor, inline_data, batch, inclusion, requester,
    escrow, operation, model, method, 'queued', gstd_share, reward_share, requester_reputation, static_priority,
    received_at, deadline, dispatch_until, tariff_nano, reserved_nano, known_answer
  FROM json_populate_recordset(NULL::tasks, $1)`

const ENDS = `UPDATE tasks SET status = ended.status, reserved_nano = 0, charged_nano = ended.charged_nano,
    result = ended.result, result_hash = ended.result_hash, error = ended.error,
    verdict_index = ended.verdict_index, ended_at = ended.ended_at, inline_data = '[]'
  FROM json_populate_recordset(NULL::tasks, $1) AS ended WHERE tasks.task_id = ended.task_id`

const SEATS = `INSERT INTO seats SELECT * FROM json_populate_recordset(NULL::seats, $1)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, attempt = excluded.attempt,
    device_id = excluded.device_id, owner = excluded.owner, certificate = excluded.certificate,
    work_order = excluded.work_order, order_hash = excluded.order_hash, order_batch = excluded.order_batch,
    order_inclusion = excluded.order_inclusion, device_reputation = excluded.device_reputation,
    dispatched_at = excluded.dispatched_at, started_at = excluded.started_at, committed_at = excluded.committed_at,
    observed_ms = excluded.observed_ms, commitment = excluded.commitment, salt = excluded.salt,
    result = excluded.result, result_hash = excluded.result_hash, proof = excluded.proof,
    proof_hash = excluded.proof_hash, proof_batch = excluded.proof_batch,
    proof_inclusion = excluded.proof_inclusion, end_reason = excluded.end_reason, agreed = excluded.agreed,
    reward_nano = excluded.reward_nano`

/** Writes what transitions have changed, inside their transaction. */
export const saveChanges = async (queries: Queries, changes: CollectedChanges): Promise<void> => {
  const { newTasks, seats, dropped, running, ends, tally } = changes
  if (newTasks.length > 0) await queries.query(NEW_TASKS, [JSON.stringify(newTasks)])
  if (running.size > 0) {
    await queries.query(`UPDATE tasks SET status = 'running' WHERE task_id = ANY($1::uuid[])`, [[...running]])
  }
  if (ends.size > 0) {
    const rows = [...ends].map(([taskId, end]) => ({ task_id: taskId, ...end }))
    await queries.query(ENDS, [JSON.stringify(rows)])
  }
  if (dropped.size > 0) await queries.query('DELETE FROM seats WHERE id = ANY($1)', [[...dropped]])
  if (seats.size > 0) await queries.query(SEATS, [JSON.stringify([...seats.values()])])
  await saveTally(queries, tally)
}
