import { createLogTree, logEntryHash } from '@gstd/sdk'
import { type PostgresServer, startPostgres } from '@gstd/postgres-for-tests'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { copyPostgres } from '../storage/copyPostgres.testing.ts'
import { migrate } from '../storage/migrate.ts'
import { openDatabase } from '../storage/openDatabase.ts'
import { startLossyProxy } from '../storage/startLossyProxy.testing.ts'
import { type Journal, openJournal } from './journal.ts'

const origin = { network: -3, vault: `0:${'ab'.repeat(32)}` }

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const openThroughProxy = async () => {
  const proxy = await startLossyProxy(await copyPostgres(server.urlOf('template1')))
  const database = await openDatabase(proxy.databaseUrl)
  onTestFinished(async () => {
    await database.close()
    await proxy.close()
  })
  await migrate(database)
  return { proxy, journal: await openJournal(database, origin, () => 7) }
}

const ways = {
  write: (journal: Journal, epoch: number) => journal.write(async (unit) => unit.log('executed', { epoch })),
  apply: (journal: Journal, epoch: number) => journal.apply((unit) => unit.log('executed', { epoch })),
}

it.each(['write', 'apply'] as const)(
  'knows what landed by %s although the answer to its COMMIT was lost',
  async (way) => {
    const log = ways[way]
    const { proxy, journal } = await openThroughProxy()
    await log(journal, 1)
    let heard = 0
    journal.onAppend(() => heard++)
    proxy.loseAnswerTo('COMMIT')
    await expect(log(journal, 2)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect([journal.tree.size, heard]).toEqual([1, 0])

    // The lost one is entry 1: the next one follows it, rather than to collide with it.
    expect(await log(journal, 3)).toBe(2)
    expect([journal.tree.size, heard]).toEqual([3, 2])
    const entries = await journal.entries(0, 10)
    expect(entries.map(({ body }) => body)).toEqual([{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }])
    const tree = createLogTree()
    for (const entry of entries) tree.append(logEntryHash(entry, origin))
    expect(journal.tree.root()).toEqual(tree.root())
  },
)

it.each(['write', 'apply'] as const)(
  'knows that nothing landed by %s when the connection broke before',
  async (way) => {
    const log = ways[way]
    const { proxy, journal } = await openThroughProxy()
    await log(journal, 1)
    proxy.loseAnswerTo('BEGIN')
    await expect(log(journal, 2)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect(await log(journal, 3)).toBe(1)
    expect((await journal.entries(0, 10)).map(({ body }) => body)).toEqual([{ epoch: 1 }, { epoch: 3 }])
  },
)
