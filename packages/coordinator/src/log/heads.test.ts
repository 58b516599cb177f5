import { createSigner, type LogHead, randomHex, type SignedHead, signHead, toHex } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { networkForTests } from '../dispatch/openBench.testing.ts'
import { openParameters } from '../parameters/openParameters.ts'
import { openTestDatabase } from '../storage/copyDatabase.testing.ts'
import { openHeads } from './heads.ts'
import { openJournal } from './journal.ts'

it('takes the auditor’s heads of this log only, and never goes back', async () => {
  const coordinator = createSigner(randomHex(32))
  const auditor = createSigner(randomHex(32))
  const network = networkForTests(coordinator.publicKey, { auditor_key: auditor.publicKey })
  const journal = await openJournal(await openTestDatabase(), network, () => 7)
  const { parameters } = await openParameters(journal, network, coordinator, 7)
  for (let epoch = 0; epoch < 9; epoch++) await journal.write(async (unit) => unit.log('executed', { epoch }))
  let advanced = 0
  const heads = await openHeads(journal, parameters, () => advanced++)
  const head = (size: number, changes: Partial<LogHead> = {}): LogHead => ({
    version: 1,
    network: network.network,
    vault: network.vault,
    size,
    root: toHex(journal.tree.root(Math.min(size, journal.tree.size))),
    drawn: [],
    timestamp: 7,
    ...changes,
  })
  const refused = async (code: string, signed: SignedHead) => {
    await expect(heads.accept(signed)).rejects.toMatchObject({ code })
    expect(heads.size).toBe(0)
  }
  const good = await signHead(head(4), auditor)
  await refused('SIGNATURE_INVALID', await signHead(head(4), coordinator))
  await refused('SIGNATURE_INVALID', { ...good, head: { ...good.head, timestamp: 8 } })
  await refused('NETWORK_MISMATCH', await signHead(head(4, { network: -239 }), auditor))
  await refused('NETWORK_MISMATCH', await signHead(head(4, { vault: `0:${'99'.repeat(32)}` }), auditor))
  await refused('DOCUMENT_MALFORMED', await signHead(head(4, { root: randomHex(32) }), auditor))
  await refused('DOCUMENT_MALFORMED', await signHead(head(11), auditor))
  await refused('DOCUMENT_MALFORMED', await signHead(head(1, { size: 0 }), auditor))

  await heads.accept(good)
  await heads.accept(good)
  expect([heads.size, advanced]).toEqual([4, 1])
  await heads.accept(await signHead(head(3), auditor))
  expect([heads.size, await heads.latest()]).toEqual([4, good])

  const [eight, six, ten] = await Promise.all([8, 6, 10].map((size) => signHead(head(size), auditor)))
  if (eight === undefined || six === undefined || ten === undefined) throw new Error('three heads must be signed')
  await Promise.all([heads.accept(eight), heads.accept(ten), heads.accept(six)])
  expect([heads.size, await heads.latest()]).toEqual([10, ten])
  const reopened = await openHeads(journal, parameters, () => undefined)
  expect(reopened.size).toBe(10)
})
