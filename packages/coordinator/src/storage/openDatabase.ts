import type { Database } from './database.ts'
import { isDatabaseUrl } from './databaseUrl.ts'
import { openPglite } from './openPglite.ts'
import { openPostgres } from './openPostgres.ts'

/**
 * Opens a coordinator's database.
 *
 * @param location - `postgres://…`, or a folder for the embedded database, created where it is missing
 * @throws GstdError `STATE_CORRUPT`, `STATE_LOCKED`, `STORAGE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export const openDatabase = (location: string): Promise<Database> =>
  isDatabaseUrl(location) ? openPostgres(location) : openPglite(location)
