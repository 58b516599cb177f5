import { mkdir } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { GstdError } from '@gstd/sdk'
import type { Database, Queries, Row } from './database.ts'
import { failFirst } from './failFirst.ts'

type PgliteQueries = Pick<PGlite, 'query'>

const toQueries = (pglite: PgliteQueries): Queries => ({
  query: async <Result extends Row>(sql: string, parameters?: readonly unknown[]) =>
    (await pglite.query<Result>(sql, parameters === undefined ? [] : [...parameters])).rows,
})

/**
 * Opens the embedded PostgreSQL in a folder. It keeps every acknowledged row over `kill -9`, not over a power cut.
 *
 * @param directory - created where it is missing; one process at a time
 * @throws GstdError `STATE_CORRUPT`
 */
export const openPglite = async (directory: string): Promise<Database> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  let pglite: PGlite
  try {
    pglite = await PGlite.create(directory)
  } catch (cause) {
    throw new GstdError('STATE_CORRUPT', `the database in ${directory} cannot be opened`, {
      cause,
      hint: 'restore the folder from a backup, or start with an empty one',
    })
  }
  return {
    ...toQueries(pglite),
    transaction: (work) => pglite.transaction((transaction) => failFirst(toQueries(transaction), work)),
    close: () => pglite.close(),
  }
}
