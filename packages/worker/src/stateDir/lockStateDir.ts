import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GstdError } from '@gstd/sdk'

/** A state directory that belongs to this process. */
export type StateLock = { release(): void }

const SQLITE_BUSY = 5

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

/**
 * Takes a state directory for this process, or says that another has it.
 *
 * SQLite holds the lock because Node has no file lock of its own: the kernel drops SQLite's with the process,
 * `kill -9` included, so there is never a stale lock file to judge.
 *
 * @throws GstdError `STATE_LOCKED`
 */
export const lockStateDir = (stateDir: string): StateLock => {
  const file = join(stateDir, 'lock')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw error
    throw new GstdError('STATE_LOCKED', `another worker uses ${stateDir}`, {
      details: { file },
      hint: 'stop it, or start this one with another --name',
      cause: error,
    })
  }
  return { release: () => database.close() }
}
