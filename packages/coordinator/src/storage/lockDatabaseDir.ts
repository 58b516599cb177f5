import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GstdError } from '@gstd/sdk'

/** A database folder that belongs to this process. */
type DatabaseLock = { release(): void }

const SQLITE_BUSY = 5

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

/**
 * Takes a database folder for this process. The embedded PostgreSQL has no lock of its own: a second coordinator would
 * write over the first one's rows, and the log would no longer be the one that the auditor signed.
 *
 * SQLite's lock goes with the process, `kill -9` included, so there is never a stale one to judge.
 *
 * @param directory - created where it is missing
 * @throws GstdError `STATE_LOCKED`
 */
export const lockDatabaseDir = async (directory: string): Promise<DatabaseLock> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = join(directory, 'lock')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    if (!isBusy(cause)) throw cause
    throw new GstdError('STATE_LOCKED', `another coordinator uses ${directory}`, {
      details: { file },
      hint: 'stop it first: its database is opened by one process',
      cause,
    })
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}
