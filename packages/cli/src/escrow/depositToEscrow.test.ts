import { toNano } from '@ton/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openChain } from '../chain/openChain.ts'
import { createKeyring } from '../keystore/createKeyring.ts'
import { openWallet } from '../wallet/openWallet.ts'
import { depositToEscrow } from './depositToEscrow.ts'
import { type Bench, openBench } from './openBench.testing.ts'
import { readEscrow } from './readEscrow.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

it('says that the money has landed when the key with it is refused', async () => {
  const { network, stateDir } = bench
  await bench.gstd(['wallet', 'create', '--fund'])
  await bench.gstd(['escrow', 'deposit', '1'])
  const sources = { environment: undefined, file: undefined, terminal: undefined }
  const wallet = await openWallet(createKeyring({ stateDir, network, sources }), 'default')
  const chain = openChain(network, {})
  const deposit = depositToEscrow({
    chain,
    network,
    wallet,
    amountNano: toNano('2'),
    capNano: undefined,
    sessionMs: undefined,
    sessionFile: 'the file',
    known: async () => undefined,
    // Another process sets a key between the plan and the message: the escrow has no room for one more.
    save: async () => {
      const { code } = await bench.gstd(['session', 'create'])
      expect(code).toBe(0)
    },
    signal: AbortSignal.timeout(60_000),
  })
  await expect(deposit).rejects.toMatchObject({
    code: 'CONTRACT_REFUSED',
    message: expect.stringMatching(/^2 TON are in the escrow, but its session key is not: /),
    details: { deposited_nano: toNano('2').toString(), next: 'gstd escrow show' },
    hint: expect.stringContaining('do not deposit again'),
  })
  expect((await readEscrow(chain, wallet.address, network.vault)).state?.balanceNano).toBe(toNano('3'))
})
