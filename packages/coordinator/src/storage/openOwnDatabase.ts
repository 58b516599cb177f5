import { join } from 'node:path'
import { GstdError, type NetworkConfig } from '@gstd/sdk'
import type { Database } from './database.ts'
import { lockDatabaseDir } from './lockDatabaseDir.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './openDatabase.ts'

export type DatabaseLocation = {
  /** Folder of the spool, and of the embedded database. */
  databaseDir: string
  /** `postgres://…`: a database of a server, in place of the embedded one. */
  databaseUrl?: string
}

/** Where real money is at stake a power cut must not take back what was acknowledged. */
const checkDurable = ({ name }: Pick<NetworkConfig, 'name'>, { databaseUrl }: DatabaseLocation): void => {
  if (name === 'devnet' || databaseUrl !== undefined) return
  throw new GstdError(
    'CONFIG_MISSING',
    `the coordinator of ${name} needs a PostgreSQL server: --database postgres://…`,
    {
      details: { network: name },
      hint: 'the embedded database does not wait for the disk: after a power cut the log could lack entries that the auditor has signed',
    },
  )
}

/**
 * Opens this coordinator's database and brings it to the current schema. Folder and database belong to it until closed.
 *
 * @throws GstdError `CONFIG_MISSING` where the network needs a server, `CONFIG_INVALID`, `STATE_CORRUPT`, `STATE_LOCKED`,
 * `STORAGE_UNAVAILABLE`
 */
export const openOwnDatabase = async (
  network: Pick<NetworkConfig, 'name'>,
  location: DatabaseLocation,
): Promise<Database> => {
  checkDurable(network, location)
  const lock = await lockDatabaseDir(location.databaseDir)
  let database: Database | undefined
  const close = async (): Promise<void> => {
    await database?.close()
    lock.release()
  }
  try {
    database = await openDatabase(location.databaseUrl ?? join(location.databaseDir, 'pg'))
    await migrate(database)
    return { ...database, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}
