import { toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { escrowState } from './chainForTests/createRequester.ts'
import { allPriceSets, CHALLENGE_SEC, keys, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import {
  type ChargeOptions,
  chargeOf,
  type CommitOptions,
  commitOf,
  ROOT,
  vaultState,
} from './chainForTests/signedMessages.ts'
import { actionsDone, feesOf, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const NONE = '0'.repeat(64)

describe.each(allPriceSets)('Vault at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const charge = async (options: ChargeOptions = {}) => {
    const { network, requester } = opened()
    return network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))
  }
  const commit = async (options: CommitOptions = {}) => {
    const { network } = opened()
    const message = await commitOf(network, options)
    return { ...message, sent: await network.vault.sendCommit(network.operator.getSender(), message) }
  }
  const payTo = async (amountNano: bigint, name = 'device') => ({
    address: (await opened().network.chain.treasury(name, { predeploy: false })).address,
    amountNano,
  })

  it('starts as its configuration says', async () => {
    const { network } = opened()
    const { guardian, ...config } = await network.vault.getConfig()
    expect(guardian.equals(network.guardian.address)).toBe(true)
    expect(config).toEqual({
      coordinatorKey: keys.coordinator.publicKey,
      auditorKey: keys.auditor.publicKey,
      challengeWindowSec: CHALLENGE_SEC,
    })
    expect(await vaultState(network)).toEqual({
      epoch: 0,
      fundedFrom: 1,
      fundedNextNano: 0n,
      firstFundAtSec: 0,
      owedNano: 0n,
      paidNano: 0n,
      frozenAtSec: 0,
      current: { next: NONE, remainingNano: 0n, validFromSec: 0 },
      roots: { reputationRoot: NONE, logRoot: NONE },
    })
  })

  it('takes a charge to the nano, and its sender pays all fees and nothing else', async () => {
    const { network, requester } = opened()
    const [vaultBefore, operatorBefore] = [
      await network.balanceOf(network.vault.address),
      await network.balanceOf(network.operator.address),
    ]
    const escrowBefore = await network.balanceOf(requester.escrow.address)
    const sent = await charge({ deltaNano: 123_456_789n, tasks: 42 })
    expect(actionsDone(sent)).toBe(true)
    expect(await escrowState(requester)).toMatchObject({
      balanceNano: toNano('10') - 123_456_789n,
      chargedNano: 123_456_789n,
      tasks: 42,
      pending: { epoch: 1, deltaNano: 123_456_789n },
    })
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: 123_456_789n, firstFundAtSec: nowSec(network) })
    expect(await network.balanceOf(network.vault.address)).toBe(vaultBefore + 123_456_789n)
    expect(await network.balanceOf(requester.escrow.address)).toBe(escrowBefore - 123_456_789n)
    expect(await network.balanceOf(network.operator.address)).toBe(operatorBefore - feesOf(sent))
    const [event] = sent.externals
    const body = event?.body.beginParse()
    expect([body?.loadUint(32), body?.loadUint(32), body?.loadCoins(), body?.loadCoins(), body?.loadUint(64)]).toEqual([
      0x474500e1,
      1,
      123_456_789n,
      123_456_789n,
      42,
    ])
  })

  it('sums up what one escrow is charged for an epoch', async () => {
    await charge()
    pass(opened().network, 5)
    await charge({ deltaNano: 1n })
    expect((await escrowState(opened().requester)).pending).toEqual({ epoch: 1, deltaNano: toNano('1') + 1n })
    const { fundedNextNano, firstFundAtSec } = await vaultState(opened().network)
    expect({ fundedNextNano, firstFundAtSec }).toEqual({
      fundedNextNano: toNano('1') + 1n,
      firstFundAtSec: nowSec(opened().network) - 5,
    })
  })

  it('lets a commit wait for its window, and makes its roots current with the first payment', async () => {
    const { network } = opened()
    await charge()
    const before = await network.balanceOf(network.operator.address)
    const { batches, sent } = await commit({
      payouts: [await payTo(toNano('0.9'))],
      reputationRoot: 'ee'.repeat(32),
      logRoot: '77'.repeat(32),
    })
    expect(actionsDone(sent)).toBe(true)
    expect(await network.balanceOf(network.operator.address)).toBe(before - feesOf(sent))
    expect(sent.externals.map(({ body }) => body.beginParse().loadUint(32))).toEqual([0x475600e1])
    const [batch] = batches
    if (batch === undefined) throw new Error('one batch')
    expect(await vaultState(network)).toMatchObject({
      epoch: 1,
      fundedNextNano: 0n,
      firstFundAtSec: 0,
      owedNano: toNano('0.1'),
      current: {
        next: batch.hash().toString('hex'),
        remainingNano: toNano('0.9'),
        validFromSec: nowSec(network) + CHALLENGE_SEC,
      },
      roots: { reputationRoot: NONE, logRoot: NONE },
    })
    const exec = () => network.vault.sendExec(network.operator.getSender(), { batch, payouts: 1 })
    pass(network, CHALLENGE_SEC - 1)
    expect(refusalsIn(await exec())).toEqual(['WINDOW_OPEN'])
    pass(network, 1)
    expect(refusalsIn(await exec())).toEqual([])
    expect(await vaultState(network)).toMatchObject({
      paidNano: toNano('0.9'),
      current: { next: NONE, remainingNano: 0n, validFromSec: 0 },
      roots: { reputationRoot: 'ee'.repeat(32), logRoot: '77'.repeat(32) },
    })
  })

  it('pays what was owed before in a later epoch, and charges go on meanwhile', async () => {
    const { network } = opened()
    await charge()
    await commit()
    expect((await vaultState(network)).owedNano).toBe(toNano('1'))
    await charge({ deltaNano: 5n })
    pass(network, CHALLENGE_SEC)
    const { batches } = await commit({ payouts: [await payTo(toNano('1') + 5n)] })
    await charge({ deltaNano: 7n })
    pass(network, CHALLENGE_SEC)
    const [batch] = batches
    if (batch === undefined) throw new Error('one batch')
    expect(refusalsIn(await network.vault.sendExec(network.operator.getSender(), { batch, payouts: 1 }))).toEqual([])
    expect(await vaultState(network)).toMatchObject({
      epoch: 2,
      owedNano: 0n,
      paidNano: toNano('1') + 5n,
      fundedNextNano: 7n,
    })
  })

  it('keeps the roots of an epoch that pays nobody until its window has passed, too', async () => {
    const { network } = opened()
    await commit({ reputationRoot: ROOT })
    pass(network, CHALLENGE_SEC - 1)
    expect(refusalsIn((await commit()).sent)).toEqual(['EPOCH_UNDER_WAY'])
    expect((await vaultState(network)).roots.reputationRoot).toBe(NONE)
    pass(network, 1)
    expect(refusalsIn((await commit({ reputationRoot: 'ee'.repeat(32) })).sent)).toEqual([])
    expect(await vaultState(network)).toMatchObject({ epoch: 2, roots: { reputationRoot: ROOT } })
  })

  it('returns what a refused charge carried to its sender', async () => {
    const { network, requester } = opened()
    const [escrowBefore, vaultBefore, operatorBefore] = [
      await network.balanceOf(requester.escrow.address),
      await network.balanceOf(network.vault.address),
      await network.balanceOf(network.operator.address),
    ]
    const sent = await charge({ deltaNano: toNano('11'), maxCumulativeNano: toNano('12') })
    expect(refusalsIn(sent)).toEqual(['CHARGE_OVER_CAP'])
    expect(await network.balanceOf(requester.escrow.address)).toBe(escrowBefore)
    expect(await network.balanceOf(network.vault.address)).toBe(vaultBefore)
    expect(await network.balanceOf(network.operator.address)).toBe(operatorBefore - feesOf(sent))
  })
})
