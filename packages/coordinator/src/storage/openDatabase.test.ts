import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@gstd/postgres-for-tests'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database, Queries } from './database.ts'
import { openDatabase } from './openDatabase.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const folder = () => mkdtemp(join(tmpdir(), 'gstd-storage-'))

/** Makes an empty database. @returns where it is, and what deletes it */
const empty = {
  PGlite: async () => {
    const directory = await folder()
    return { location: directory, drop: () => rm(directory, { recursive: true }) }
  },
  PostgreSQL: async () => {
    const administrator = await openDatabase(server.urlOf('postgres'))
    await administrator.query('CREATE DATABASE conformance')
    await administrator.close()
    return {
      location: server.urlOf('conformance'),
      drop: async () => {
        const again = await openDatabase(server.urlOf('postgres'))
        await again.query('DROP DATABASE conformance')
        await again.close()
      },
    }
  },
}

describe.each(['PGlite', 'PostgreSQL'] as const)('%s', (name) => {
  let location: string
  let drop: () => Promise<unknown>
  let database: Database
  beforeAll(async () => {
    ;({ location, drop } = await empty[name]())
    database = await openDatabase(location)
  })
  beforeEach(async () => {
    await database.query('DROP TABLE IF EXISTS items')
    await database.query('CREATE TABLE items (id int8 PRIMARY KEY, name text NOT NULL, body json)')
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })

  const insert = (queries: Queries, id: number, text = 'x') =>
    queries.query('INSERT INTO items (id, name) VALUES ($1, $2)', [id, text])
  const ids = async (): Promise<unknown[]> =>
    (await database.query('SELECT id FROM items ORDER BY id')).map(({ id }) => id)

  it('gives every type that the schema uses as the port says', async () => {
    const [row] = await database.query(
      `SELECT $1::int8 AS small, $2::int8 AS large, $3::numeric AS amount, $4::float8 AS score, $5::boolean AS paid,
         $6::json AS body, $7::text AS missing, $8::uuid AS id, $9::int8[] AS numbers, $10::text[] AS names,
         count(*) AS counted, $11::integer AS seat FROM items`,
      [
        Number.MAX_SAFE_INTEGER,
        2n ** 62n,
        '123456789012345678901234567890.5',
        0.1,
        true,
        '{"a":[1,"é\\u0001",null]}',
        null,
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        [1, 2 ** 40],
        ['a"b', 'c,{d}', '\\'],
        -7,
      ],
    )
    expect(row).toEqual({
      small: Number.MAX_SAFE_INTEGER,
      large: 2n ** 62n,
      amount: '123456789012345678901234567890.5',
      score: 0.1,
      paid: true,
      body: { a: [1, 'é\u0001', null] },
      missing: null,
      id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      numbers: [1, 2 ** 40],
      names: ['a"b', 'c,{d}', '\\'],
      counted: 0,
      seat: -7,
    })
  })

  it('takes JSON as text, reads in it, and keeps text that looks like JSON', async () => {
    const body = { hash: 'ab', list: [{ n: 1 }, { n: 2 }] }
    await database.query('INSERT INTO items VALUES ($1, $2, $3)', [1, '["no","array"]', JSON.stringify(body)])
    expect(await database.query(`SELECT body, name FROM items WHERE body->>'hash' = $1`, ['ab'])).toEqual([
      { body, name: '["no","array"]' },
    ])
    expect(
      await database.query(`SELECT (item->>'n')::int8 AS n FROM items, json_array_elements(body->'list') AS item`),
    ).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('inserts many rows by arrays, and finds by them', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => index)
    await database.query(
      'INSERT INTO items SELECT id, name, body::json FROM unnest($1::int8[], $2::text[], $3::text[]) AS t (id, name, body)',
      [many, many.map((id) => `item "${id}"`), many.map((id) => (id % 2 === 0 ? null : JSON.stringify({ id })))],
    )
    expect(await database.query('SELECT * FROM items WHERE id = ANY($1) ORDER BY id', [[1999, 0]])).toEqual([
      { id: 0, name: 'item "0"', body: null },
      { id: 1999, name: 'item "1999"', body: { id: 1999 } },
    ])
    expect(await database.query('SELECT 1 FROM items WHERE name = ANY($1)', [[]])).toEqual([])
  })

  it('takes parameters of megabytes', async () => {
    const text = 'é'.repeat(4 * 1024 * 1024)
    await insert(database, 1, text)
    const [row] = await database.query<{ name: string }>('SELECT name FROM items')
    expect(row?.name === text).toBe(true)
  })

  it('commits everything or nothing, and throws on what the work threw', async () => {
    const thrown = new Error('on purpose')
    const failing = database.transaction(async (queries) => {
      await insert(queries, 1)
      throw thrown
    })
    await expect(failing).rejects.toBe(thrown)
    expect(await ids()).toEqual([])
    const result = await database.transaction(async (queries) => {
      await insert(queries, 2)
      return (await queries.query('SELECT id FROM items')).length
    })
    expect(result).toBe(1)
    expect(await ids()).toEqual([2])
  })

  it('rolls back after a failed statement, also where the work goes on', async () => {
    const careless = database.transaction(async (queries) => {
      await insert(queries, 1)
      await queries.query('SELECT nonsense').catch(() => undefined)
      return 'done'
    })
    await expect(careless).rejects.toMatchObject({ code: '42703' })
    expect(await ids()).toEqual([])
    await database.transaction((queries) => insert(queries, 2))
    expect(await ids()).toEqual([2])
  })

  it('names errors of statements by their SQLSTATE', async () => {
    await insert(database, 1)
    await expect(insert(database, 1)).rejects.toMatchObject({ code: '23505' })
    await expect(database.query('SELEC 1')).rejects.toMatchObject({ code: '42601' })
    await expect(database.query('SELECT $1::int8', ['no number'])).rejects.toMatchObject({ code: '22P02' })
    await expect(database.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '42601' })
    await expect(database.query('INSERT INTO items VALUES (2, $1)', [null])).rejects.toMatchObject({ code: '23502' })
    expect(await ids()).toEqual([1])
  })

  it('runs transactions that are asked for together one after the other', async () => {
    await insert(database, 1, '0')
    const add = () =>
      database.transaction(async (queries) => {
        const [row] = await queries.query<{ name: string }>('SELECT name FROM items')
        await queries.query('UPDATE items SET name = $1', [String(Number(row?.name) + 1)])
      })
    await Promise.all(Array.from({ length: 20 }, add))
    expect(await database.query('SELECT name FROM items')).toEqual([{ name: '20' }])
  })

  it('takes statements of one transaction together, and shows readers none of them before the end', async () => {
    let read: Promise<unknown[]> | undefined
    await database.transaction(async (queries) => {
      await Promise.all([insert(queries, 1), insert(queries, 2), insert(queries, 3)])
      expect(await queries.query('SELECT id FROM items')).toHaveLength(3)
      read = ids()
      if (name === 'PostgreSQL') expect(await read).toEqual([])
    })
    // The embedded database has one session: a reader waits for the transaction and sees it whole.
    expect(await read).toHaveLength(name === 'PostgreSQL' ? 0 : 3)
    expect(await ids()).toEqual([1, 2, 3])
  })

  it('has everything again when it is opened again, and finishes what was asked before it closes', async () => {
    const last = database.transaction((queries) => insert(queries, 7))
    await database.close()
    await last
    await expect(database.transaction((queries) => insert(queries, 8))).rejects.toThrow(/closed/i)
    await expect(database.query('SELECT 1')).rejects.toThrow(/closed|after calling end/i)
    database = await openDatabase(location)
    expect(await ids()).toEqual([7])
  })
})
