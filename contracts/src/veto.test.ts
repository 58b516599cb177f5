import { Address, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { unfreezeOf } from './chainForTests/guardMessages.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import {
  chargeOf,
  type ChargeOptions,
  commitOf,
  type CommitOptions,
  vaultState,
} from './chainForTests/signedMessages.ts'
import { actionsDone, feesOf, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const NONE = '0'.repeat(64)
const WEEK_SEC = 7 * 24 * HOUR_SEC
const device = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: toNano('0.4') }

describe.each(allPriceSets)('veto at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const charge = async (options: ChargeOptions = {}) => {
    const { network, requester } = opened()
    return network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))
  }
  const commit = async (options: CommitOptions = {}) => {
    const { network } = opened()
    const message = await commitOf(network, options)
    const sent = await network.vault.sendCommit(network.operator.getSender(), message)
    expect(refusalsIn(sent)).toEqual([])
    return message
  }
  const exec = (
    batch: Parameters<ReturnType<typeof opened>['network']['vault']['sendExec']>[1]['batch'] | undefined,
  ) => {
    if (batch === undefined) throw new Error('a commit without a batch')
    return opened().network.vault.sendExec(opened().network.operator.getSender(), { batch, payouts: 1 })
  }
  const veto = (epoch: number) => opened().network.vault.sendVeto(opened().network.guardian.getSender(), { epoch })
  const unfreeze = async () => {
    const { network } = opened()
    const message = await unfreezeOf(network)
    return { message, sent: await network.vault.sendUnfreeze(network.operator.getSender(), message) }
  }

  it('takes an epoch back in the last second of its window, to the nano, and freezes the vault', async () => {
    const { network } = opened()
    await charge()
    await commit({ payouts: [device], owedAfterNano: toNano('0.6') })
    pass(network, CHALLENGE_SEC)
    const batches = (await commitOf(network, { payouts: [device] })).batches
    expect(refusalsIn(await exec(batches[0]))).toEqual([])
    await charge({ deltaNano: 7n })
    const firstFundAtSec = nowSec(network)
    pass(network, 10)
    const before = await vaultState(network)
    await commit({ payouts: [{ ...device, amountNano: 5n }], reputationRoot: 'ee'.repeat(32) })
    pass(network, CHALLENGE_SEC - 1)
    const held = await network.balanceOf(network.vault.address)
    const guardianBefore = await network.balanceOf(network.guardian.address)
    const sent = await veto(2)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect(await network.balanceOf(network.guardian.address)).toBe(
      guardianBefore - feesOf(sent) + rentOf(sent, network.vault.address),
    )
    expect(await vaultState(network)).toEqual({ ...before, epoch: 2, frozenAtSec: nowSec(network), firstFundAtSec })
    expect(held - (await network.balanceOf(network.vault.address))).toBeLessThan(toNano('0.00001'))
    const [event] = sent.externals
    const body = event?.body.beginParse()
    expect([body?.loadUint(32), body?.loadUint(32), body?.loadCoins()]).toEqual([0x475600e4, 2, 7n])
  })

  it('keeps what was charged since, and commits all of it under the next number', async () => {
    const { network } = opened()
    await charge({ deltaNano: toNano('1') })
    const firstFundAtSec = nowSec(network)
    await commit({ payouts: [device] })
    pass(network, 60)
    await charge({ deltaNano: toNano('2') })
    await veto(1)
    expect(await vaultState(network)).toMatchObject({
      epoch: 1,
      fundedFrom: 1,
      fundedNextNano: toNano('3'),
      owedNano: 0n,
      firstFundAtSec,
      current: { next: NONE, remainingNano: 0n },
    })
    pass(network, WEEK_SEC)
    expect(refusalsIn((await unfreeze()).sent)).toEqual([])
    const { batches } = await commit({ payouts: [{ ...device, amountNano: toNano('3') }] })
    expect(await vaultState(network)).toMatchObject({ epoch: 2, fundedFrom: 3, fundedNextNano: 0n, owedNano: 0n })
    pass(network, CHALLENGE_SEC)
    expect(refusalsIn(await exec(batches[0]))).toEqual([])
    expect(await network.balanceOf(device.address)).toBe(toNano('3'))
  })

  it('never executes or commits again what was vetoed', async () => {
    const { network } = opened()
    await charge()
    const message = await commit({ payouts: [device], validUntilSec: 2 ** 32 - 1 })
    await veto(1)
    pass(network, WEEK_SEC)
    await unfreeze()
    expect(refusalsIn(await exec(message.batches[0]))).toEqual(['NOTHING_TO_EXECUTE'])
    expect(refusalsIn(await network.vault.sendCommit(network.operator.getSender(), message))).toEqual(['WRONG_EPOCH'])
  })

  it('takes back an epoch that pays nobody, whose roots would have become current', async () => {
    const { network } = opened()
    await charge()
    await commit({ reputationRoot: 'ee'.repeat(32) })
    expect((await vaultState(network)).owedNano).toBe(toNano('1'))
    await veto(1)
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: toNano('1'), owedNano: 0n })
    pass(network, WEEK_SEC)
    await unfreeze()
    await commit()
    expect((await vaultState(network)).roots.reputationRoot).toBe(NONE)
  })

  it('can be repeated for every epoch, each time for 7 days', async () => {
    const { network } = opened()
    await charge()
    for (const epoch of [1, 2, 3]) {
      await commit({ payouts: [device] })
      expect(refusalsIn(await veto(epoch))).toEqual([])
      pass(network, WEEK_SEC)
      const { message, sent } = await unfreeze()
      expect(refusalsIn(sent)).toEqual([])
      expect((await vaultState(network)).frozenAtSec).toBe(0)
      expect(refusalsIn(await network.vault.sendUnfreeze(network.operator.getSender(), message))).toEqual([
        'NOT_FROZEN',
      ])
    }
    expect(await vaultState(network)).toMatchObject({ fundedFrom: 1, fundedNextNano: toNano('1'), owedNano: 0n })
  })
})
