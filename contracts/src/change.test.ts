import { escrowCode } from '@gstd/sdk/contracts'
import { describe, expect, it } from 'vitest'
import { createRequester } from './chainForTests/createRequester.ts'
import { proposeOf } from './chainForTests/guardMessages.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, keys, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { chargeOf, commitOf, vaultState } from './chainForTests/signedMessages.ts'
import { actionsDone, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const DELAY_SEC = 7 * 24 * HOUR_SEC

describe.each(allPriceSets)('changing keys and code at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const propose = async (options: Parameters<typeof proposeOf>[1] = {}) => {
    const { network } = opened()
    const sent = await network.vault.sendProposeChange(network.operator.getSender(), await proposeOf(network, options))
    expect(refusalsIn(sent)).toEqual([])
    return sent
  }
  const apply = async () => {
    const { network } = opened()
    const sent = await network.vault.sendApplyChange(network.operator.getSender())
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
  }
  const charge = async (signers: { coordinator?: typeof keys.coordinator; auditor?: typeof keys.auditor }) => {
    const { network } = opened()
    const requester = await createRequester(network, { name: 'after the change' })
    return refusalsIn(
      await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, signers)),
    )
  }
  const newKeys = { coordinator: keys.otherCoordinator, auditor: keys.otherAuditor }

  it('takes 7 days, longer than closing an escrow, and changes nothing before', async () => {
    const { network } = opened()
    const before = await vaultState(network)
    const sent = await propose()
    const { count, pending } = await network.vault.getProposals()
    expect(count).toBe(1)
    expect(pending?.validFromSec).toBe(nowSec(network) + DELAY_SEC)
    expect(pending?.change).toMatchObject({ coordinatorKey: keys.otherCoordinator.publicKey })
    expect(pending?.change.guardian.equals(network.guardian.address)).toBe(true)
    const event = sent.externals[0]?.body.beginParse()
    expect([event?.loadUint(32), event?.loadUint(32), event?.loadUint(32)]).toEqual([
      0x475600e7,
      0,
      nowSec(network) + DELAY_SEC,
    ])
    expect(await charge({})).toEqual([])
    pass(network, DELAY_SEC)
    expect(await charge({})).toEqual([])
    await apply()
    expect(await network.vault.getProposals()).toEqual({ count: 1 })
    expect(await network.vault.getConfig()).toMatchObject({
      coordinatorKey: keys.otherCoordinator.publicKey,
      auditorKey: keys.otherAuditor.publicKey,
      challengeWindowSec: CHALLENGE_SEC,
    })
    expect(await charge({})).toEqual(['COORDINATOR_SIGNATURE'])
    expect(await charge({ ...newKeys, auditor: keys.auditor })).toEqual(['AUDITOR_SIGNATURE'])
    expect(await charge(newKeys)).toEqual([])
    expect((await vaultState(network)).epoch).toBe(before.epoch)
  })

  it('starts its time anew with another proposal', async () => {
    const { network } = opened()
    await propose()
    pass(network, DELAY_SEC - 1)
    const { address: guardian } = network.operator
    await propose({ change: { guardian } })
    pass(network, DELAY_SEC - 1)
    expect(refusalsIn(await network.vault.sendApplyChange(network.operator.getSender()))).toEqual(['TOO_EARLY'])
    pass(network, 1)
    await apply()
    const { guardian: changed } = await network.vault.getConfig()
    expect(changed.equals(guardian)).toBe(true)
    // the guardian before has no say any more
    const sent = await network.vault.sendCancelChange(network.guardian.getSender(), { number: 1 })
    expect(refusalsIn(sent)).toEqual(['NOT_GUARDIAN'])
  })

  it('is cancelled by the guardian, and proposed again under the next number', async () => {
    const { network } = opened()
    await propose()
    const sent = await network.vault.sendCancelChange(network.guardian.getSender(), { number: 0 })
    expect(refusalsIn(sent)).toEqual([])
    expect(await network.vault.getProposals()).toEqual({ count: 1 })
    await propose()
    expect((await network.vault.getProposals()).count).toBe(2)
    pass(network, DELAY_SEC)
    await apply()
    expect(await charge(newKeys)).toEqual([])
  })

  it('keeps an epoch that is being paid', async () => {
    const { network, requester } = opened()
    await propose()
    pass(network, DELAY_SEC)
    await requester.escrow.sendSetSession(requester.owner.getSender(), {
      key: keys.session.publicKey,
      capNano: 10_000_000_000n,
      expiresAtSec: nowSec(network) + HOUR_SEC,
    })
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester))
    const payouts = [{ address: requester.owner.address, amountNano: 7n }]
    const message = await commitOf(network, { payouts })
    await network.vault.sendCommit(network.operator.getSender(), message)
    const before = await vaultState(network)
    await apply()
    expect(await vaultState(network)).toEqual(before)
    pass(network, CHALLENGE_SEC)
    const [batch = message.body] = message.batches
    expect(refusalsIn(await network.vault.sendExec(network.operator.getSender(), { batch }))).toEqual([])
  })

  it('changes the code, and not the address of any escrow', async () => {
    const { network, requester } = opened()
    const data = async () => {
      const { accountState } = await network.chain.getContract(network.vault.address)
      return accountState?.type === 'active' ? accountState.state : undefined
    }
    const before = await data()
    // any code will do to see that it was set
    await propose({ change: { code: escrowCode() } })
    pass(network, DELAY_SEC)
    await apply()
    const after = await data()
    expect(after?.code?.equals(escrowCode())).toBe(true)
    expect(before?.code?.equals(escrowCode())).toBe(false)
    expect(
      after?.data
        ?.beginParse()
        .skip(0)
        .preloadRef()
        .equals(before?.data?.refs[0] ?? escrowCode()),
    ).toBe(false)
    expect(after?.data?.refs[1]?.equals(escrowCode())).toBe(true)
    expect(requester.escrow.init?.code?.equals(escrowCode())).toBe(true)
  })
})
