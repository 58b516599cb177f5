import { Address, toNano } from '@ton/core'
import { expect, it } from 'vitest'
import { openPayments } from './openPayments.testing.ts'
import { createOperatorSender, type Errand } from './operatorWallet.ts'

const TIMEOUT_MS = 60_000

const errandTo = (byte: string, value: bigint): Errand => ({
  purpose: `test:${byte}`,
  message: { to: Address.parseRaw(`0:${byte.repeat(32)}`), value, bounce: false },
})

it(
  'sends the messages that its money is enough for, and says so when none is left',
  { timeout: TIMEOUT_MS },
  async () => {
    const { chain, bench, client, clock } = await openPayments()
    const sender = createOperatorSender(bench.journal, client, chain.operator, clock)
    const heldNano = await client.client.getBalance(chain.operator.contract.address)
    const errands = [errandTo('a1', heldNano / 4n), errandTo('a2', heldNano / 4n), errandTo('a3', heldNano / 2n)]
    await sender.send(errands)
    const received = async (byte: string) => client.client.getBalance(Address.parseRaw(`0:${byte.repeat(32)}`))
    await expect.poll(() => received('a2'), { timeout: 10_000 }).toBeGreaterThan(0n)
    expect(await received('a1')).toBeGreaterThan(0n)
    await expect
      .poll(() => sender.send(errands).catch((thrown: unknown) => thrown), { timeout: 10_000 })
      .toMatchObject({ code: 'WALLET_INSUFFICIENT', details: { address: chain.operator.address } })
    expect(await received('a3')).toBe(0n)
    // What is cheap enough does not wait for what was too dear before.
    await sender.send([errandTo('a4', toNano('0.05'))])
    await expect.poll(() => received('a4'), { timeout: 10_000 }).toBeGreaterThan(0n)
  },
)
