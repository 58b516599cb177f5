/**
 * Tasks under way are in memory: what is due, open or busy is not asked of the database any more. An index on a column
 * that changes with each step of an execution made every step write all of the row's indexes.
 */
export const liveTasksMigration = [
  'DROP INDEX seats_open',
  'DROP INDEX seats_due',
  'DROP INDEX seats_of_device',
  'ALTER TABLE seats SET (fillfactor = 60)',
  `CREATE INDEX tasks_live ON tasks (task_id) WHERE status IN ('queued', 'running')`,
]
