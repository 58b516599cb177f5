import { GstdError } from '@gstd/sdk'
import pg from 'pg'
import { createWriter } from './createWriter.ts'
import type { Database } from './database.ts'
import { hidePassword } from './databaseUrl.ts'
import { postgresTypes } from './postgresTypes.ts'
import { queriesOf } from './queriesOf.ts'

const READERS = 4
const CONNECT_MS = 5_000
const STATEMENT_MS = 60_000
/** So much later than a statement should have ended it is the server that does not answer. */
const GRACE_MS = 5_000
/** How long a coordinator that has been stopped may hold what it has locked. */
const IDLE_IN_TRANSACTION_MS = 60_000
const READER_IDLE_MS = 30_000

const configOf = (databaseUrl: string, where: string, statementMs: number): pg.ClientConfig => {
  const config = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: statementMs,
    query_timeout: statementMs + GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    application_name: 'gstd coordinator',
    types: postgresTypes,
  }
  try {
    // Reads the URL and the certificates that it names.
    void new pg.Client(config)
    return config
  } catch (thrown) {
    // No cause: that of a URL which cannot be read holds the URL, password and all.
    const isMissingFile = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    const reason = isMissingFile ? `: ${thrown.message}` : ''
    throw new GstdError('CONFIG_INVALID', `${where} is no URL of a PostgreSQL server${reason}`, {
      hint: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full; percent-encode what is special in a password',
    })
  }
}

/**
 * Opens a database of a PostgreSQL server for this coordinator alone. Transactions go one after the other over one
 * connection; other reads use up to {@link READERS} more and see what is committed. While the server is away every call
 * fails with `STORAGE_UNAVAILABLE`; when it is back they succeed again. A transaction whose COMMIT was not answered may
 * have landed: it fails with that code, too.
 *
 * @param databaseUrl - `postgres://…`
 * @param options.statementMs - how long one statement may take
 * @throws GstdError `STATE_LOCKED`, `STORAGE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export const openPostgres = async (
  databaseUrl: string,
  { statementMs = STATEMENT_MS }: { statementMs?: number } = {},
): Promise<Database> => {
  const where = hidePassword(databaseUrl)
  const config = configOf(databaseUrl, where, statementMs)
  const writer = await createWriter(config, where)
  const readers = new pg.Pool({ ...config, max: READERS, idleTimeoutMillis: READER_IDLE_MS })
  // An idle connection that breaks is taken out by the pool; without a listener the process would end.
  readers.on('error', () => undefined)
  const queries = queriesOf(readers, where)
  const close = async (): Promise<void> => {
    await readers.end()
    await writer.close()
  }
  try {
    const [row] = await queries.query<{ encoding: string }>(`SELECT current_setting('server_encoding') AS encoding`)
    if (row?.encoding !== 'UTF8') {
      throw new GstdError('CONFIG_INVALID', `${where} is encoded in ${String(row?.encoding)}, it must be UTF8`, {
        hint: `make one with: CREATE DATABASE gstd ENCODING 'UTF8' TEMPLATE template0`,
      })
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
  return { ...queries, transaction: writer.transaction, close }
}
