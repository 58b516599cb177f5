import { createLogTree, type LogEntry, logEntryHash, toHex } from '@gstd/sdk'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectDevice } from '../dispatch/connectDevice.testing.ts'
import { seatRows } from '../dispatch/inspect.testing.ts'
import { openBench } from '../dispatch/openBench.testing.ts'
import { copyDatabase, openTestDatabase } from '../storage/copyDatabase.testing.ts'
import { migrate } from '../storage/migrate.ts'
import { openDatabase } from '../storage/openDatabase.ts'
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
  const location = await copyDatabase()
  const first = await openDatabase(location)
  await migrate(first)
  const journal = await openJournal(first, origin, () => 7)
  for (const name of ['a', 'b', 'c', 'd', 'e']) await logOne(journal, name)
  const root = toHex(journal.tree.root())
  await first.close()
  const second = await openDatabase(location)
  onTestFinished(() => second.close())
  await migrate(second)
  const reopened = await openJournal(second, origin, () => 8)
  expect(toHex(reopened.tree.root())).toBe(root)
  const tree = createLogTree()
  const entries: LogEntry[] = await reopened.entries(0, 100)
  for (const entry of entries) tree.append(logEntryHash(entry, origin))
  expect(toHex(tree.root())).toBe(root)
})

describe('transitions that need no query', () => {
  const seatOf = (journal: Journal) => [...journal.live.all()][0]?.seats ?? []

  it('are written together, each upon what those before it decided', async () => {
    const bench = await openBench()
    const { journal } = bench
    const taskId = await bench.submit()
    let transactions = 0
    journal.onAppend(() => transactions++)
    const before = journal.tree.size
    const indexes = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        journal.apply((unit) => {
          const [seat] = unit.task(taskId)?.seats ?? []
          if (seat === undefined) throw new Error('no seat')
          expect(seat.due_at).toBe(n === 0 ? null : n - 1)
          unit.change(seat, { due_at: n })
          return unit.log('executed', { epoch: n })
        }),
      ),
    )
    expect(indexes).toEqual(Array.from({ length: 50 }, (_, n) => before + n))
    expect(transactions).toBe(1)
    expect((await seatRows(bench, taskId))[0]?.due_at).toBe(49)
    expect((await journal.entries(before, 100)).map(({ index }) => index)).toEqual(indexes)
  })

  it('change nothing when they throw, while their neighbours are written', async () => {
    const bench = await openBench()
    const { journal } = bench
    const taskId = await bench.submit()
    const set = (dueAt: number, fails: boolean) =>
      journal.apply((unit) => {
        for (const seat of unit.task(taskId)?.seats ?? []) unit.change(seat, { due_at: dueAt })
        unit.open(taskId, 9, 0)
        unit.tally.requester(bench.requester.address, { unavailable: 1 })
        unit.log('executed', { epoch: dueAt })
        if (fails) throw new Error('changed its mind')
      })
    const before = journal.tree.size
    const settled = await Promise.allSettled([set(1, false), set(2, true), set(3, false)])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(journal.tree.size).toBe(before + 2)
    const rows = await seatRows(bench, taskId)
    expect(rows.map(({ due_at }) => due_at)).toEqual([3, 3, 3, null])
    expect(seatOf(journal)).toEqual(rows)
    const [requester] = await journal.query<{ unavailable: number }>('SELECT unavailable FROM requesters')
    expect(requester?.unavailable).toBe(2)
  })

  it('follow and are followed by transactions in the order of their asking', async () => {
    const bench = await openBench()
    const { journal } = bench
    const order: string[] = []
    await Promise.all([
      journal.apply(() => order.push('a')),
      journal.write(async (unit) => {
        await unit.query('SELECT 1')
        order.push('b')
      }),
      journal.apply(() => order.push('c')),
    ])
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('leave in memory what the database says when it cannot be written', async () => {
    const bench = await openBench()
    const { journal } = bench
    const early = await connectDevice(bench)
    await bench.submit()
    await bench.dispatcher.tick()
    const taskId = await bench.submit()
    const before = { rows: await seatRows(bench, taskId), size: journal.tree.size, root: journal.tree.root() }
    const broken = journal.apply((unit) => {
      for (const seat of unit.task(taskId)?.seats ?? []) unit.change(seat, { due_at: 7 })
      // Above what the column can hold: the statement fails, whatever the transition thought.
      unit.open(taskId, 2 ** 40, 0)
      unit.log('executed', { epoch: 1 })
    })
    await expect(broken).rejects.toThrow(/out of range/)
    expect(await journal.apply((unit) => unit.task(taskId)?.seats)).toEqual(before.rows)
    expect([await seatRows(bench, taskId), journal.tree.size, journal.tree.root()]).toEqual([
      before.rows,
      before.size,
      before.root,
    ])
    const device = await connectDevice(bench)
    await bench.dispatcher.tick()
    expect(device.heardOf('order')).toHaveLength(1)
    // Whether it was ever told is not known any more.
    expect(early.heardOf('order').map(({ order }) => order)).toEqual([early.order(), early.order()])
  })
})
