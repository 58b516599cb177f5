import { createLogTree, type LogEntry, logEntryHash, toHex } from '@gstd/sdk'
import { expect, it, onTestFinished } from 'vitest'
import { copyDatabase, openTestDatabase } from '../storage/copyDatabase.testing.ts'
import { migrate } from '../storage/migrate.ts'
import { openPglite } from '../storage/openPglite.ts'
import { type Journal, openJournal } from './journal.ts'

const origin = { network: -3, vault: `0:${'ab'.repeat(32)}` }
const taskId = '6b1c0f5e-7f0e-4a51-9f0c-5a3f6f1f8f10'

const logOne = (journal: Journal, requester: string) =>
  journal.write(async (unit) => {
    await unit.query('INSERT INTO requesters (requester) VALUES ($1)', [requester])
    return unit.log('cancelled', { task_id: taskId })
  })

const count = async (journal: Journal, table: 'requesters' | 'log'): Promise<unknown> =>
  (await journal.query(`SELECT count(*)::int AS count FROM ${table}`))[0]?.count

it('writes rows and entries together, or neither', async () => {
  const journal = await openJournal(await openTestDatabase(), origin, () => 7)
  let rung = 0
  journal.onAppend(() => rung++)
  expect(await logOne(journal, 'a')).toBe(0)
  const root = journal.tree.root()
  await expect(
    journal.write(async (unit) => {
      await unit.query('INSERT INTO requesters (requester) VALUES ($1)', ['b'])
      unit.log('cancelled', { task_id: taskId })
      throw new Error('changed its mind')
    }),
  ).rejects.toThrow('changed its mind')
  await expect(logOne(journal, 'a')).rejects.toThrow(/duplicate key/)
  expect([journal.tree.size, journal.tree.root(), rung]).toEqual([1, root, 1])
  expect([await count(journal, 'requesters'), await count(journal, 'log')]).toEqual([1, 1])
  expect(await logOne(journal, 'b')).toBe(1)
})

it('runs transactions one after another, so that indexes have no gaps', async () => {
  const journal = await openJournal(await openTestDatabase(), origin, () => 7)
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) =>
      journal.write(async (unit) => {
        const index = unit.log('executed', { epoch: n })
        await unit.query('SELECT 1')
        if (n % 4 === 3) throw new Error('no')
        return index
      }),
    ),
  )
  const indexes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(indexes).toEqual(Array.from({ length: 30 }, (_, index) => index))
  const entries = await journal.entries(0, 100)
  expect(entries.map(({ index }) => index)).toEqual(indexes)
  expect(await journal.entries(28, 1)).toEqual([entries[28]])
})

it('has the same root when it is opened again, which anyone can build from its entries', async () => {
  const directory = await copyDatabase()
  const first = await openPglite(directory)
  await migrate(first)
  const journal = await openJournal(first, origin, () => 7)
  for (const name of ['a', 'b', 'c', 'd', 'e']) await logOne(journal, name)
  const root = toHex(journal.tree.root())
  await first.close()
  const second = await openPglite(directory)
  onTestFinished(() => second.close())
  await migrate(second)
  const reopened = await openJournal(second, origin, () => 8)
  expect(toHex(reopened.tree.root())).toBe(root)
  const tree = createLogTree()
  const entries: LogEntry[] = await reopened.entries(0, 100)
  for (const entry of entries) tree.append(logEntryHash(entry, origin))
  expect(toHex(tree.root())).toBe(root)
})
