import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { startPostgres } from '@gstd/postgres-for-tests'
import pg from 'pg'

/**
 * Measures how many rows of the log a second reach the coordinator's two databases, by how many share a transaction:
 * `npm run bench -- storage`. Rows have the size of a commitment's. The PostgreSQL server waits for the disk, as one in
 * service does; the embedded database never does. Prints one line of JSON, rows per second.
 */
type Run = (sql: string, parameters: readonly unknown[]) => Promise<unknown>
type Store = { run: Run; close: () => Promise<void> }

const SIZES = [1, 100, 500, 1000]
const MEASURE_MS = 3_000

const TABLE =
  'CREATE TABLE log (index int8 PRIMARY KEY, at int8 NOT NULL, kind text NOT NULL, body json NOT NULL, hash text NOT NULL)'
const ONE = 'INSERT INTO log (index, at, kind, body, hash) VALUES ($1, $2, $3, $4, $5)'
const MANY = 'INSERT INTO log SELECT * FROM unnest($1::int8[], $2::int8[], $3::text[], $4::json[], $5::text[])'

const body = JSON.stringify({
  task_id: '6b1c0f5e-7f0e-4a51-9f0c-5a3f6f1f8f10',
  attempt: 1,
  device_id: 'ab'.repeat(20),
  commitment: 'cd'.repeat(32),
  observed_ms: 812,
})
const hash = 'ef'.repeat(32)

/** A transaction of `size` rows. */
const insert = (run: Run, first: number, size: number): Promise<unknown> => {
  if (size === 1) return run(ONE, [first, Date.now(), 'commitment', body, hash])
  const fill = <Value>(value: Value): Value[] => Array.from({ length: size }, () => value)
  const indexes = Array.from({ length: size }, (_, at) => first + at)
  return run(MANY, [indexes, fill(Date.now()), fill('commitment'), fill(body), fill(hash)])
}

const openPglite = async (directory: string): Promise<Store> => {
  const pglite = await PGlite.create(directory)
  return { run: (sql, parameters) => pglite.query(sql, [...parameters]), close: () => pglite.close() }
}

const openPostgres = async (): Promise<Store> => {
  const server = await startPostgres({ fsync: true })
  const client = new pg.Client(server.urlOf('postgres'))
  await client.connect()
  return {
    run: (text, parameters) => client.query({ text, values: [...parameters], name: text.slice(0, 60) }),
    close: async () => {
      await client.end()
      await server.stop()
    },
  }
}

const measure = async (store: Store): Promise<Record<string, number>> => {
  await store.run(TABLE, [])
  const rates: Record<string, number> = {}
  let next = 0
  for (const size of SIZES) {
    const from = next
    const startedMs = performance.now()
    while (performance.now() - startedMs < MEASURE_MS) {
      await insert(store.run, next, size)
      next += size
    }
    rates[size] = Math.round(((next - from) * 1000) / (performance.now() - startedMs))
  }
  return rates
}

const directory = await mkdtemp(join(tmpdir(), 'gstd-bench-storage-'))
const stores = { pglite: () => openPglite(join(directory, 'pg')), postgres: openPostgres }
const results: Record<string, unknown> = {}
try {
  for (const [name, open] of Object.entries(stores)) {
    console.error(`measuring ${name}`)
    const store = await open()
    try {
      results[name] = await measure(store)
    } finally {
      await store.close()
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
console.log(JSON.stringify({ rows_per_second_by_rows_per_transaction: results }))
