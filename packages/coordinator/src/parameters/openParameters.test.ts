import { createSigner, parametersDocument, randomHex, verifySignature } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { networkForTests } from '../dispatch/openBench.testing.ts'
import { openJournal } from '../log/journal.ts'
import { openTestDatabase } from '../storage/copyDatabase.testing.ts'
import { openParameters } from './openParameters.ts'

it('logs the network’s parameters once, and again when its configuration has changed', async () => {
  const signer = createSigner(randomHex(32))
  const network = networkForTests(signer.publicKey)
  const journal = await openJournal(await openTestDatabase(), network, () => 7)
  const first = await openParameters(journal, network, signer, 1000)
  expect(first.hash).toBe(parametersDocument.id(first.parameters))
  expect(await verifySignature(signer.publicKey, parametersDocument.hash(first.parameters), first.signature)).toBe(true)
  expect(await openParameters(journal, network, signer, 2000)).toEqual(first)
  expect(journal.tree.size).toBe(1)

  const second = await openParameters(journal, { ...network, epoch_ms: 4000 }, signer, 3000)
  expect(second.parameters).toEqual({ ...first.parameters, epoch_ms: 4000, issued_at: 3000 })
  const back = await openParameters(journal, network, signer, 4000)
  expect(back.parameters).toEqual({ ...first.parameters, issued_at: 4000 })
  expect(journal.tree.size).toBe(3)
})

it('refuses another key than the network’s, and what only a devnet may relax', async () => {
  const signer = createSigner(randomHex(32))
  const network = networkForTests(signer.publicKey)
  const journal = await openJournal(await openTestDatabase(), network, () => 7)
  const invalid = expect.objectContaining({ code: 'CONFIG_INVALID' })
  await expect(openParameters(journal, network, createSigner(randomHex(32)), 1)).rejects.toEqual(invalid)
  await expect(openParameters(journal, { ...network, name: 'testnet' }, signer, 1)).rejects.toEqual(invalid)
  expect(journal.tree.size).toBe(0)
})
