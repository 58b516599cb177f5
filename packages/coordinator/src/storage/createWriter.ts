import pg from 'pg'
import type { Queries } from './database.ts'
import { failFirst } from './failFirst.ts'
import { toStorageError } from './postgresError.ts'
import { retakeDatabase, takeDatabase } from './postgresLock.ts'
import { queriesOf } from './queriesOf.ts'

/** The one connection that writes, and that holds the database for this coordinator. */
export type Writer = {
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** The server drops a writer whose machine has vanished after 25 s, and the lock with it. Commits wait for the disk. */
const SESSION =
  'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET synchronous_commit = on'

/**
 * Connects and takes the database. A lost connection is made again for the next transaction.
 *
 * @throws GstdError `STATE_LOCKED`, `STORAGE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export const createWriter = async (config: pg.ClientConfig, where: string): Promise<Writer> => {
  let number: number | undefined
  let session: { client: pg.Client; queries: Queries } | undefined
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  const connect = async () => {
    // Statements of one transaction may be sent together: they need not wait for each other's answers.
    const client = new pg.Client({ ...config, pipeline: true })
    client.on('error', () => {
      if (session?.client === client) session = undefined
    })
    const queries = queriesOf(client, where)
    try {
      await client.connect()
      await client.query(SESSION)
      if (number === undefined) number = await takeDatabase(queries, where)
      else await retakeDatabase(queries, number, where)
    } catch (thrown) {
      void client.end()
      throw toStorageError(thrown, where)
    }
    return { client, queries }
  }

  const run = async <Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> => {
    if (closed) throw new Error('the database is closed')
    const { client, queries } = (session ??= await connect())
    const command = (sql: 'BEGIN' | 'COMMIT' | 'ROLLBACK') =>
      client.query(sql).catch((thrown: unknown) => {
        throw toStorageError(thrown, where)
      })
    try {
      await command('BEGIN')
      const result = await failFirst(queries, work)
      await command('COMMIT')
      return result
    } catch (thrown) {
      await command('ROLLBACK').catch(() => {
        session = undefined
        void client.end()
      })
      throw thrown
    }
  }
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }

  session = await connect()
  return {
    transaction: (work) => inTurn(() => run(work)),
    close: () =>
      inTurn(async () => {
        closed = true
        await session?.client.end()
      }),
  }
}
