import { expect, it } from 'vitest'
import { openTestDatabase } from './copyDatabase.testing.ts'
import { migrate } from './migrate.ts'

it('does nothing to a database that is up to date', async () => {
  const database = await openTestDatabase()
  const schema = () =>
    database.query(
      `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'
       ORDER BY 1, 2`,
    )
  const before = await schema()
  await database.query(`INSERT INTO requesters (requester) VALUES ('a')`)
  await migrate(database)
  await migrate(database)
  expect(await schema()).toEqual(before)
  expect(await database.query('SELECT number FROM migrations ORDER BY number')).toEqual([
    { number: 1 },
    { number: 2 },
    { number: 3 },
    { number: 4 },
    { number: 5 },
    { number: 6 },
    { number: 7 },
  ])
  expect(await database.query('SELECT requester FROM requesters')).toEqual([{ requester: 'a' }])
})
