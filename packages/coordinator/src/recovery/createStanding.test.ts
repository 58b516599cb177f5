import { createLogTree, createSigner, type LogHead, randomHex, sha256, signHead, toHex } from '@gstd/sdk'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { networkForTests } from '../dispatch/openBench.testing.ts'
import { openJournal } from '../log/journal.ts'
import { openParameters } from '../parameters/openParameters.ts'
import { openTestDatabase } from '../storage/copyDatabase.testing.ts'
import { createStanding } from './createStanding.ts'

const START_MS = 1_790_000_000_000

const setUp = async (headSize: number) => {
  const coordinator = createSigner(randomHex(32))
  const auditor = createSigner(randomHex(32))
  const network = networkForTests(coordinator.publicKey, { auditor_key: auditor.publicKey })
  const journal = await openJournal(await openTestDatabase(), network, () => START_MS)
  const { parameters } = await openParameters(journal, network, coordinator, START_MS)
  const tree = createLogTree()
  for (let index = 0; index < 5; index++) tree.append(sha256(new Uint8Array([index])))
  const told: string[] = []
  const standing = createStanding({
    journal: { tree },
    parameters,
    headSize,
    clock: () => START_MS,
    logger: pino({ level: 'silent' }),
    onOpen: async () => void told.push(`open while ${standing.isOpen ? 'open' : 'shut'}`),
    onClose: () => told.push('close'),
  })
  const head = (size: number, changes: Partial<LogHead> = {}) =>
    signHead(
      {
        version: 1,
        network: network.network,
        vault: network.vault,
        size,
        root: toHex(tree.root(Math.min(size, 5))),
        drawn: [],
        timestamp: START_MS,
        ...changes,
      },
      auditor,
    )
  return { standing, head, told, coordinator }
}

it('is open at once where the auditor has never spoken', async () => {
  const { standing, told } = await setUp(0)
  expect([standing.isOpen, standing.awaitsHead]).toEqual([true, false])
  standing.check()
  expect(told).toEqual([])
})

it('opens with the auditor’s word, once, and not before what comes first is done', async () => {
  const { standing, head, told } = await setUp(3)
  expect(() => standing.check()).toThrow(expect.objectContaining({ code: 'AUDITOR_AWAITED' }))
  expect(standing.awaitsHead).toBe(true)
  await Promise.all([standing.hear(await head(4)), standing.hear(await head(5))])
  expect([standing.isOpen, standing.awaitsHead]).toEqual([true, false])
  standing.check()
  await standing.hear(await head(5))
  expect(told).toEqual(['open while shut'])
})

it('believes the auditor only, and no old word of it', async () => {
  const { standing, head, coordinator } = await setUp(3)
  const signed = await head(4)
  await expect(standing.hear(await signHead(signed.head, coordinator))).rejects.toMatchObject({
    code: 'SIGNATURE_INVALID',
  })
  await expect(standing.hear(await head(4, { network: -239 }))).rejects.toMatchObject({ code: 'NETWORK_MISMATCH' })
  await standing.hear(await head(4, { timestamp: START_MS - 301_000 }))
  expect(standing.isOpen).toBe(false)
  await standing.hear(await head(4, { timestamp: START_MS - 299_000 }))
  expect(standing.isOpen).toBe(true)
})

it('shuts for good when the auditor has signed more', async () => {
  const { standing, head, told } = await setUp(3)
  const expected = {
    code: 'STATE_BEHIND',
    details: { signed_size: 6, size: 5 },
    hint: expect.stringMatching(/--from 5 /),
  }
  await expect(standing.hear(await head(6))).rejects.toMatchObject(expected)
  expect(() => standing.check()).toThrow(expect.objectContaining({ code: 'STATE_BEHIND' }))
  await standing.hear(await head(5))
  expect(standing.isOpen).toBe(false)
  expect(told).toEqual(['close'])
})

it('shuts where it was open, for a log that is another one', async () => {
  const { standing, head, told } = await setUp(0)
  await expect(standing.hear(await head(2, { root: randomHex(32) }))).rejects.toMatchObject({ code: 'LOG_FORKED' })
  expect(() => standing.check()).toThrow(expect.objectContaining({ code: 'LOG_FORKED' }))
  expect(told).toEqual(['close'])
})
