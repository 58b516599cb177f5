import type { Queries } from '../storage/database.ts'
import { saveTally } from '../log/saveTally.ts'
import type { ChangedSeat, CollectedChanges } from './openChanges.ts'

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

const NEW_SEATS = `INSERT INTO seats (id, task_id, seat, tries, state)
  SELECT id, task_id, seat, tries, state FROM json_populate_recordset(NULL::seats, $1)`

/** Wide columns that have not changed stay where they are: an execution is written five times, its order once. */
const saveSeats = async (queries: Queries, seats: ReadonlyMap<number, ChangedSeat>): Promise<void> => {
  const rows = [...seats.values()]
  const opened = rows
    .filter(({ isNew }) => isNew)
    .map(({ row: { id, task_id, seat, tries } }) => ({ id, task_id, seat, tries, state: 'open' }))
  if (opened.length > 0) await queries.query(NEW_SEATS, [JSON.stringify(opened)])
  const alike = Map.groupBy(
    rows.filter(({ columns }) => columns.size > 0),
    ({ columns }) => [...columns].toSorted().join(),
  )
  for (const group of alike.values()) {
    const columns = [...(group[0]?.columns ?? [])]
    const changed = group.map(({ row }) =>
      Object.fromEntries([['id', row.id], ...columns.map((name) => [name, row[name]])]),
    )
    await queries.query(
      `UPDATE seats SET ${columns.map((name) => `${name} = changed.${name}`).join(', ')}
       FROM json_populate_recordset(NULL::seats, $1) AS changed WHERE seats.id = changed.id`,
      [JSON.stringify(changed)],
    )
  }
}

/** @returns whether there is anything to be written: some changes are for memory only */
export const isWorthWriting = ({ newTasks, seats, dropped, ends, tally }: CollectedChanges): boolean =>
  newTasks.length + seats.size + dropped.size + ends.size > 0 ||
  tally.devices.size + tally.skills.size + tally.requesters.size > 0

/** Writes what transitions have changed, inside their transaction. */
export const saveChanges = async (queries: Queries, changes: CollectedChanges): Promise<void> => {
  const { newTasks, seats, dropped, ends, tally } = changes
  if (newTasks.length > 0) await queries.query(NEW_TASKS, [JSON.stringify(newTasks)])
  if (ends.size > 0) {
    const rows = [...ends].map(([taskId, end]) => ({ task_id: taskId, ...end }))
    await queries.query(ENDS, [JSON.stringify(rows)])
  }
  if (dropped.size > 0) await queries.query('DELETE FROM seats WHERE id = ANY($1)', [[...dropped]])
  await saveSeats(queries, seats)
  await saveTally(queries, tally)
}
