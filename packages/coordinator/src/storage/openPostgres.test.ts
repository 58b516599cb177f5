import { inspect } from 'node:util'
import { type PostgresServer, startPostgres } from '@gstd/postgres-for-tests'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import type { Database } from './database.ts'
import { openPostgres } from './openPostgres.ts'

let server: PostgresServer
let administrator: Database
let made = 0
let url: string
beforeAll(async () => {
  server = await startPostgres()
  administrator = await openPostgres(server.urlOf('postgres'))
})
afterAll(async () => {
  await administrator.close()
  await server.stop()
})
beforeEach(async () => {
  const name = `database_${++made}`
  await administrator.query(`CREATE DATABASE ${name}`)
  url = server.urlOf(name)
})

const open = async (...parameters: Parameters<typeof openPostgres>): Promise<Database> => {
  const database = await openPostgres(...parameters)
  onTestFinished(() => database.close())
  return database
}
const add = (database: Database, id: number) =>
  database.transaction((queries) => queries.query('INSERT INTO items VALUES ($1)', [id]))
const ids = async (database: Database) => (await database.query('SELECT id FROM items ORDER BY id')).map(({ id }) => id)
const terminate = (database: Database) =>
  database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    new URL(url).pathname.slice(1),
  ])
const UNAVAILABLE = { code: 'STORAGE_UNAVAILABLE', fault: 'network', retryable: true }

it('belongs to one coordinator until that lets go', async () => {
  const first = await openPostgres(url)
  const refused: unknown = await openPostgres(url).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'STATE_LOCKED' })
  expect(String(refused)).not.toContain(new URL(url).password)
  await first.close()
  await open(url)
})

it('fails while the server is gone, and goes on by itself when it is back, with all that was acknowledged', async () => {
  const database = await open(url)
  await database.query('CREATE TABLE items (id int8 PRIMARY KEY)')
  const acknowledged: number[] = []
  const failed: unknown[] = []
  let next = 0
  let killed: Promise<void> | undefined
  while (failed.length < 3) {
    const id = next++
    await add(database, id).then(
      () => acknowledged.push(id),
      (error: unknown) => failed.push(error),
    )
    if (acknowledged.length === 50) killed ??= server.kill()
  }
  await killed
  for (const error of failed) expect(error).toMatchObject(UNAVAILABLE)
  await expect(database.query('SELECT 1')).rejects.toMatchObject(UNAVAILABLE)
  await expect(openPostgres(url)).rejects.toMatchObject(UNAVAILABLE)

  await server.restart()
  await add(database, next)
  const kept = await ids(database)
  expect(kept).toEqual(expect.arrayContaining([...acknowledged, next]))
  // What failed may have landed with the last answer missing; nothing else is there.
  expect(kept.length - acknowledged.length - 1).toBeLessThanOrEqual(failed.length)
})

it('rolls back what was under way when the connection broke, and connects again', async () => {
  const database = await open(url)
  await database.query('CREATE TABLE items (id int8 PRIMARY KEY)')
  const broken = database.transaction(async (queries) => {
    await queries.query('INSERT INTO items VALUES (1)')
    await terminate(administrator)
    await queries.query('INSERT INTO items VALUES (2)')
  })
  await expect(broken).rejects.toMatchObject(UNAVAILABLE)
  await add(database, 3)
  expect(await ids(database)).toEqual([3])
})

it('leaves nobody waiting of those whose statements were sent together when the connection broke', async () => {
  const database = await open(url)
  const settled: PromiseSettledResult<unknown>[] = []
  const broken = database.transaction(async (queries) => {
    const sent = Promise.allSettled([queries.query('SELECT pg_sleep(60)'), queries.query('SELECT 1')])
    await terminate(administrator)
    settled.push(...(await sent))
  })
  await expect(broken).rejects.toMatchObject(UNAVAILABLE)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

it('never writes again once another coordinator has had the database', async () => {
  const first = await open(url)
  await first.query('CREATE TABLE items (id int8 PRIMARY KEY)')
  await terminate(administrator)
  const second = await openPostgres(url)
  await expect(add(first, 1)).rejects.toMatchObject({ code: 'STATE_LOCKED' })
  await add(second, 2)
  await second.close()
  await expect(add(first, 3)).rejects.toMatchObject({ code: 'STATE_LOCKED' })
  expect(await ids(first)).toEqual([2])
})

it('does not wait for ever for a statement that does not end', async () => {
  const database = await open(url, { statementMs: 200 })
  await expect(database.query('SELECT pg_sleep(60)')).rejects.toMatchObject(UNAVAILABLE)
  await expect(database.transaction((queries) => queries.query('SELECT pg_sleep(60)'))).rejects.toMatchObject(
    UNAVAILABLE,
  )
  expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
})

it('says what is wrong with an address, and keeps its password to itself', async () => {
  const wrong = new URL(url)
  wrong.password = 'not-the-password'
  const refused: unknown = await openPostgres(wrong.href).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'CONFIG_INVALID', details: { sqlstate: '28P01' } })
  expect(String(refused)).not.toContain('not-the-password')
  await expect(openPostgres(server.urlOf('missing'))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    details: { sqlstate: '3D000' },
  })
  const unreadable: unknown = await openPostgres('postgres://gstd:a b:secret').catch((error: unknown) => error)
  expect(unreadable).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(inspect(unreadable, { depth: 10 })).not.toContain('secret')
  await expect(openPostgres(`${url}?sslrootcert=/missing.pem`)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('/missing.pem'),
  })
  await expect(openPostgres('postgres://gstd@127.0.0.1:1/gstd')).rejects.toMatchObject(UNAVAILABLE)
  await expect(openPostgres(`${url}?sslmode=verify-full`)).rejects.toMatchObject(UNAVAILABLE)
})

it('takes the password from the environment, too', async () => {
  const bare = new URL(url)
  vi.stubEnv('PGPASSWORD', bare.password)
  onTestFinished(() => void vi.unstubAllEnvs())
  bare.password = ''
  const database = await open(bare.href)
  expect(await database.query('SELECT current_user AS role')).toEqual([{ role: 'gstd' }])
})

it('refuses a database that cannot hold every text', async () => {
  await administrator.query(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0`)
  await expect(openPostgres(server.urlOf('latin'))).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
