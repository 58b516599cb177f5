import { authorisationHash, signAuthorisation } from '@gstd/sdk'
import { buildAuthorise } from '@gstd/sdk/contracts'
import { Address, toNano } from '@ton/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRequester, escrowState } from './chainForTests/createRequester.ts'
import {
  allPriceSets,
  CHALLENGE_SEC,
  HOUR_SEC,
  keys,
  openTestNetwork,
  openVault,
  pass,
  type TestNetwork,
} from './chainForTests/openTestNetwork.ts'
import { chargeOf, commitOf, type SignedBody, vaultState } from './chainForTests/signedMessages.ts'
import { refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const sendCharge = (network: TestNetwork, message: SignedBody) =>
  network.vault.sendCharge(network.operator.getSender(), message)
const sendCommit = (network: TestNetwork, message: SignedBody) =>
  network.vault.sendCommit(network.operator.getSender(), message)

describe('an authorisation', () => {
  it('hashes to its cell without a TON library', () => {
    const address = fc.tuple(fc.constantFrom(0, -1), fc.uint8Array({ minLength: 32, maxLength: 32 }))
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        address,
        fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
        (network, [workchain, hash], maxCumulativeNano) => {
          const escrow = new Address(workchain, Buffer.from(hash))
          const cell = buildAuthorise({ network, escrow, maxCumulativeNano })
          const bytes = authorisationHash({ network, escrow: escrow.toRawString(), maxCumulativeNano })
          expect(Buffer.from(bytes).equals(cell.hash())).toBe(true)
        },
      ),
    )
  })
})

describe.each(allPriceSets)('signatures at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  it('of a session key are accepted as the client makes them', async () => {
    const { network, requester } = opened()
    const fields = {
      network: network.globalId,
      escrow: requester.escrow.address.toRawString(),
      maxCumulativeNano: toNano('4'),
    }
    const { signature } = await signAuthorisation(fields, keys.session)
    const session = { publicKey: keys.session.publicKey, sign: async () => signature }
    const message = await chargeOf(network, requester, { session, maxCumulativeNano: toNano('4') })
    expect(refusalsIn(await sendCharge(network, message))).toEqual([])
  })

  it('of a charge count once', async () => {
    const { network, requester } = opened()
    const message = await chargeOf(network, requester)
    expect(refusalsIn(await sendCharge(network, message))).toEqual([])
    expect(refusalsIn(await sendCharge(network, message))).toEqual(['CHARGE_OUT_OF_ORDER'])
    expect((await vaultState(network)).fundedNextNano).toBe(toNano('1'))
  })

  it('of a commit count once', async () => {
    const { network } = opened()
    const message = await commitOf(network)
    expect(refusalsIn(await sendCommit(network, message))).toEqual([])
    pass(network, CHALLENGE_SEC)
    expect(refusalsIn(await sendCommit(network, message))).toEqual(['WRONG_EPOCH'])
  })

  it('hold until their last second', async () => {
    const { network, requester } = opened()
    const [charge, commit] = [await chargeOf(network, requester), await commitOf(network)]
    pass(network, HOUR_SEC)
    expect(refusalsIn(await sendCharge(network, charge))).toEqual([])
    expect(refusalsIn(await sendCommit(network, commit))).toEqual(['SUMS_DIFFER'])
    pass(network, 1)
    expect(refusalsIn(await sendCharge(network, charge))).toEqual(['EXPIRED'])
    expect(refusalsIn(await sendCommit(network, commit))).toEqual(['EXPIRED'])
  })

  it('of a charge are not those of a commit', async () => {
    const { network, requester } = opened()
    const [charge, commit] = [await chargeOf(network, requester), await commitOf(network)]
    expect(refusalsIn(await sendCommit(network, charge))).not.toEqual([])
    expect(refusalsIn(await sendCharge(network, commit))).not.toEqual([])
    expect(await vaultState(network)).toMatchObject({ epoch: 0, fundedNextNano: 0n })
    expect((await escrowState(requester)).chargedNano).toBe(0n)
  })

  it('do not fit to a body that was changed by one bit', async () => {
    const { network, requester } = opened()
    const message = await chargeOf(network, requester)
    const other = await chargeOf(network, requester, { cumulativeNano: message.cumulativeNano + 1n })
    expect(refusalsIn(await sendCharge(network, { ...message, body: other.body }))).toEqual(['COORDINATOR_SIGNATURE'])
    const { coordinatorSignature } = other
    expect(refusalsIn(await sendCharge(network, { ...message, body: other.body, coordinatorSignature }))).toEqual([
      'AUDITOR_SIGNATURE',
    ])
  })

  it('given to another vault of the same keys are refused', async () => {
    const { network, requester } = opened()
    const other = {
      ...network,
      vault: await openVault(network.chain, { operator: network.operator, guardian: network.operator }),
    }
    expect(other.vault.address.equals(network.vault.address)).toBe(false)
    const charge = await chargeOf(network, requester)
    expect(refusalsIn(await sendCharge(other, charge))).toEqual(['WRONG_CONTRACT'])
    expect(refusalsIn(await sendCommit(other, await commitOf(network)))).toEqual(['WRONG_CONTRACT'])
    // an escrow of the first vault, charged by the second
    expect(refusalsIn(await sendCharge(other, await chargeOf(other, requester)))).toEqual(['NOT_VAULT'])
    const own = await createRequester(other)
    expect(own.escrow.address.equals(requester.escrow.address)).toBe(false)
    expect(refusalsIn(await sendCharge(other, await chargeOf(other, own)))).toEqual([])
  })

  it('given to the same vault of another network are refused', async () => {
    const { network, requester } = opened()
    const mainnet = await openTestNetwork(prices, { globalId: -239 })
    await createRequester(mainnet)
    expect(mainnet.vault.address.equals(network.vault.address)).toBe(true)
    const charge = await chargeOf(network, requester)
    expect(refusalsIn(await sendCharge(mainnet, charge))).toEqual(['WRONG_NETWORK'])
    expect(refusalsIn(await sendCommit(mainnet, await commitOf(network)))).toEqual(['WRONG_NETWORK'])
    const resigned = await chargeOf(network, requester, { network: -239 })
    expect(refusalsIn(await sendCharge(mainnet, resigned))).toEqual(['SESSION_SIGNATURE'])
    expect(refusalsIn(await sendCharge(network, charge))).toEqual([])
  })
})
