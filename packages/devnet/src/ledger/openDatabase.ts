import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GstdError } from '@gstd/sdk'

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOT_A_DATABASE = 26
const VERSION = 1

/**
 * `lt` of a transaction is the chain's only order and unique on it; `in_lt` is the logical time at which the message
 * that it is about was made, 0 for messages from outside. `pending` holds the messages between contracts that no
 * block has delivered yet.
 */
const SCHEMA = `
CREATE TABLE chain (id INTEGER PRIMARY KEY CHECK (id = 1), global_id INTEGER NOT NULL, ahead_sec INTEGER NOT NULL) STRICT;
CREATE TABLE blocks (seqno INTEGER PRIMARY KEY, now_sec INTEGER NOT NULL, end_lt INTEGER NOT NULL) STRICT;
CREATE TABLE accounts (address TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE transactions (
  lt INTEGER PRIMARY KEY, account TEXT NOT NULL, hash BLOB NOT NULL, seqno INTEGER NOT NULL, in_lt INTEGER NOT NULL,
  boc BLOB NOT NULL
) STRICT;
CREATE INDEX transactions_account ON transactions (account, lt);
CREATE INDEX transactions_seqno ON transactions (seqno);
CREATE INDEX transactions_in_lt ON transactions (in_lt) WHERE in_lt > 0;
CREATE TABLE pending (lt INTEGER PRIMARY KEY, boc BLOB NOT NULL) STRICT;
PRAGMA user_version = ${VERSION};
`

const sqliteCode = (thrown: unknown): number | undefined =>
  thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number' ? thrown.errcode : undefined

const explain = (thrown: unknown, file: string): unknown => {
  switch (sqliteCode(thrown)) {
    case SQLITE_BUSY:
      return new GstdError('STATE_LOCKED', `another devnet runs on ${file}`, {
        details: { file },
        hint: 'stop it, or start this one over another folder',
        cause: thrown,
      })
    case SQLITE_CORRUPT:
    case SQLITE_NOT_A_DATABASE:
      return new GstdError('STATE_CORRUPT', `the devnet’s chain ${file} cannot be read`, {
        details: { file },
        hint: 'remove the folder to begin a new chain',
        cause: thrown,
      })
    default:
      return thrown
  }
}

/**
 * Opens the chain's database for this process alone. SQLite's lock goes with the process, `kill -9` included.
 *
 * @param directory - its folder, made when it is missing; undefined keeps the chain in memory
 * @throws GstdError `STATE_LOCKED` when another process has it, `STATE_CORRUPT`
 */
export const openDatabase = (directory: string | undefined): DatabaseSync => {
  if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 })
  const file = directory === undefined ? ':memory:' : join(directory, 'chain.sqlite')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // WAL without fsync at each commit: a killed process loses no block, a power cut may lose the last ones.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    database.exec(`BEGIN IMMEDIATE; ${version === 0 ? SCHEMA : ''} COMMIT;`)
    if (version > VERSION) {
      throw new GstdError('STATE_CORRUPT', `the devnet’s chain ${file} was made by a later version`, {
        details: { file, version },
        hint: 'update, or begin a new chain in another folder',
      })
    }
    return database
  } catch (thrown) {
    database.close()
    throw explain(thrown, file)
  }
}
