import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GstdError } from '@gstd/sdk'

/** A state directory that belongs to this process. */
export type StateLock = {
  /** Gives it back; more than once is fine. */
  release(): void
}

const SQLITE_BUSY = 5

const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY

/**
 * Takes a state directory for this process: two auditors over one record could contradict each other. SQLite's lock
 * goes with the process, `kill -9` included, so there is never a stale one to judge.
 *
 * @throws GstdError `STATE_LOCKED`
 */
export const lockStateDir = (stateDir: string): StateLock => {
  const file = join(stateDir, 'lock')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (thrown) {
    database.close()
    if (!isBusy(thrown)) throw thrown
    throw new GstdError('STATE_LOCKED', `another auditor uses ${stateDir}`, {
      details: { file },
      hint: 'stop it first: one key signs in one place',
      cause: thrown,
    })
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}
