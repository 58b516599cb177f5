import type { Database } from './database.ts'
import { coreMigration } from './migrations/0001_core.ts'
import { paymentsMigration } from './migrations/0002_payments.ts'
import { retentionMigration } from './migrations/0003_retention.ts'
import { epochsMigration } from './migrations/0004_epochs.ts'
import { escrowSumsMigration } from './migrations/0005_escrow_sums.ts'
import { guardMessagesMigration } from './migrations/0006_guard_messages.ts'
import { liveTasksMigration } from './migrations/0007_live_tasks.ts'

/** In order; one that has landed is never changed. */
const migrations = [
  coreMigration,
  paymentsMigration,
  retentionMigration,
  epochsMigration,
  escrowSumsMigration,
  guardMessagesMigration,
  liveTasksMigration,
]

/** Brings the database to the current schema, each migration in a transaction of its own. */
export const migrate = async (database: Database): Promise<void> => {
  await database.query('CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY)')
  const done = new Set((await database.query<{ number: number }>('SELECT number FROM migrations')).map((r) => r.number))
  for (const [index, statements] of migrations.entries()) {
    const number = index + 1
    if (done.has(number)) continue
    await database.transaction(async (queries) => {
      for (const statement of statements) await queries.query(statement)
      await queries.query('INSERT INTO migrations VALUES ($1)', [number])
    })
  }
}
