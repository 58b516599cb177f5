/** What is deleted some time after a task has ended, and how it is found. */
export const retentionMigration = [
  // Those claimed before this migration count from it.
  `ALTER TABLE nonces ADD COLUMN claimed_at int8 NOT NULL DEFAULT (extract(epoch FROM now()) * 1000)::int8`,
  'CREATE INDEX nonces_by_age ON nonces (claimed_at)',
  'CREATE INDEX tasks_with_result ON tasks (ended_at) WHERE result IS NOT NULL',
  'CREATE INDEX seats_with_result ON seats (task_id) WHERE result IS NOT NULL',
]
