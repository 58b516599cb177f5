import type { ClientBase, Pool } from 'pg'
import type { Queries, Row } from './database.ts'
import { toStorageError } from './postgresError.ts'

const MAX_NAMES = 500
const names = new Map<string, string>()

/** Statements are prepared once for each connection; a bounded number, should one ever be composed of values. */
const nameOf = (sql: string): string | undefined => {
  if (!names.has(sql) && names.size < MAX_NAMES) names.set(sql, `gstd_${names.size}`)
  return names.get(sql)
}

/** @param where - the server, without secrets, for errors */
export const queriesOf = (connection: ClientBase | Pool, where: string): Queries => ({
  query: async <Result extends Row>(sql: string, parameters: readonly unknown[] = []) => {
    const name = nameOf(sql)
    const statement = { text: sql, values: [...parameters], ...(name !== undefined && { name }) }
    try {
      return (await connection.query<Result>(statement)).rows
    } catch (thrown) {
      throw toStorageError(thrown, where)
    }
  },
})
