import { refusals } from '@gstd/sdk/contracts'
import { describe, expect, it } from 'vitest'
import { dataOf } from '../chainForTests/dataOf.ts'
import { allPriceSets } from '../chainForTests/openTestNetwork.ts'
import { refusalsIn, rentOf } from '../chainForTests/transactions.ts'
import { useNetwork } from '../chainForTests/useNetwork.ts'
import { accountRefusals } from './accountRefusals.ts'
import { changeRefusals } from './changeRefusals.ts'
import { escrowRefusals } from './escrowRefusals.ts'
import { guardRefusals } from './guardRefusals.ts'
import { jettonRefusals } from './jettonRefusals.ts'
import { vaultRefusals } from './vaultRefusals.ts'

const cases = [
  ...escrowRefusals,
  ...vaultRefusals,
  ...guardRefusals,
  ...changeRefusals,
  ...accountRefusals,
  ...jettonRefusals,
]

it('every refusal has a case', () => {
  expect(new Set(cases.map(({ refusal }) => refusal))).toEqual(new Set(Object.keys(refusals)))
})

describe.each(allPriceSets)('refusals at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  it.each(cases)('$refusal: $what', async ({ refusal, arrange }) => {
    const { network, requester } = opened()
    const send = await arrange(opened())
    const contracts = [network.vault.address, requester.escrow.address]
    const look = async () => ({
      data: await Promise.all(
        contracts.map(async (address) => (await dataOf(network, address)).hash().toString('hex')),
      ),
      balances: await Promise.all(contracts.map(network.balanceOf)),
    })
    const before = await look()
    const sent = await send()
    expect(refusalsIn(sent)).toEqual([refusal])
    const after = await look()
    expect(after.data).toEqual(before.data)
    // whoever sent it pays for it, and gets the rest back: the contracts pay their rent, and keep nothing
    const rents = contracts.map((address) => rentOf(sent, address))
    expect(after.balances).toEqual(before.balances.map((balance, index) => balance - (rents[index] ?? 0n)))
  })
})
