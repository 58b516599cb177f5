import { charge as chargeCell, reclaim as reclaimCell } from '@gstd/sdk/contracts'
import { Address, beginCell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { createRequester, escrowState, type Requester } from './chainForTests/createRequester.ts'
import { unfreezeOf } from './chainForTests/guardMessages.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, keys, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { sendAs } from './chainForTests/sendAs.ts'
import { sendHalfway } from './chainForTests/sendHalfway.ts'
import {
  type ChargeOptions,
  chargeOf,
  type CommitOptions,
  commitOf,
  vaultState,
} from './chainForTests/signedMessages.ts'
import { actionsDone, feesOf, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const WEEK_SEC = 7 * 24 * HOUR_SEC
const RECLAIM_AFTER_SEC = 2 * WEEK_SEC
const device = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: toNano('0.4') }

describe.each(allPriceSets)('reclaiming at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const charge = async (options: ChargeOptions = {}, requester: Requester = opened().requester) => {
    const { network } = opened()
    const message = await chargeOf(network, requester, options)
    expect(refusalsIn(await network.vault.sendCharge(network.operator.getSender(), message))).toEqual([])
    return message
  }
  const commit = async (options: CommitOptions = {}) => {
    const { network } = opened()
    const sent = await network.vault.sendCommit(network.operator.getSender(), await commitOf(network, options))
    expect(refusalsIn(sent)).toEqual([])
  }
  const veto = async (epoch: number) => {
    const { network } = opened()
    expect(refusalsIn(await network.vault.sendVeto(network.guardian.getSender(), { epoch }))).toEqual([])
  }
  const unfreeze = async () => {
    const { network } = opened()
    const sent = await network.vault.sendUnfreeze(network.operator.getSender(), await unfreezeOf(network))
    expect(refusalsIn(sent)).toEqual([])
  }
  const renewSession = () => {
    const { network, requester } = opened()
    return requester.escrow.sendSetSession(requester.owner.getSender(), {
      key: keys.session.publicKey,
      capNano: toNano('10'),
      expiresAtSec: nowSec(network) + WEEK_SEC,
    })
  }
  /** Reclaims, and says what the owner got beyond all fees, which contracts' rents are no part of. */
  const reclaim = async (epoch: number, requester: Requester = opened().requester) => {
    const { network } = opened()
    const { owner, escrow } = requester
    const before = await network.balanceOf(owner.address)
    const sent = await escrow.sendReclaim(owner.getSender(), { epoch })
    const rents = [network.vault.address, escrow.address].map((address) => rentOf(sent, address))
    const fees = rents.reduce((rest, rent) => rest - rent, feesOf(sent))
    expect(actionsDone(sent)).toBe(true)
    return { sent, refused: refusalsIn(sent), gotNano: (await network.balanceOf(owner.address)) - before + fees }
  }
  /** A reclaim that has left the escrow, and is on its way to the vault. */
  const reclaimHalfway = (epoch: number) => {
    const { network, requester } = opened()
    const [from, to] = [requester.owner.address, requester.escrow.address]
    return sendHalfway(network, { from, to, body: reclaimCell({ epoch }), valueNano: toNano('0.05') }, 1)
  }
  /** A charge whose funds are on their way to the vault. */
  const chargeHalfway = async (options: ChargeOptions = {}) => {
    const { network, requester } = opened()
    const body = chargeCell(await chargeOf(network, requester, options))
    const sending = { from: network.operator.address, to: network.vault.address, body, valueNano: toNano('0.05') }
    return sendHalfway(network, sending, 2)
  }

  it('gives the owner its pending sum to the nano after 14 days, not a second before, and never twice', async () => {
    const { network, requester } = opened()
    const message = await charge({ deltaNano: 123_456_789n, tasks: 42, validUntilSec: 2 ** 32 - 1 })
    await charge({ deltaNano: 1n })
    pass(network, RECLAIM_AFTER_SEC - 1)
    const [vaultBefore, stateBefore] = [await network.balanceOf(network.vault.address), await vaultState(network)]
    const before = await escrowState(requester)
    expect(await reclaim(1)).toMatchObject({ refused: ['TOO_EARLY'], gotNano: 0n })
    expect(await escrowState(requester)).toEqual(before)
    expect(await vaultState(network)).toEqual(stateBefore)
    pass(network, 1)
    const { sent, refused, gotNano } = await reclaim(1)
    expect({ refused, gotNano }).toEqual({ refused: [], gotNano: 123_456_790n })
    expect(await escrowState(requester)).toEqual({ ...before, pending: { epoch: 1, deltaNano: 0n } })
    expect(await vaultState(network)).toEqual({ ...stateBefore, fundedNextNano: 0n })
    expect(vaultBefore - (await network.balanceOf(network.vault.address))).toBeLessThan(123_456_790n + toNano('0.02'))
    const body = sent.externals[0]?.body.beginParse()
    expect([body?.loadUint(32), body?.loadUint(32), body?.loadCoins()]).toEqual([0x475600e5, 1, 123_456_790n])
    expect(body?.loadAddress().equals(requester.owner.address)).toBe(true)
    expect(await reclaim(1)).toMatchObject({ refused: ['NOTHING_TO_RECLAIM'], gotNano: 0n })
    // what was charged once is not charged again by the same message, though its money went back
    const again = await network.vault.sendCharge(network.operator.getSender(), message)
    expect(refusalsIn(again)).toEqual(['CHARGE_OUT_OF_ORDER'])
  })

  it('never gives back what was committed', async () => {
    const { network, requester } = opened()
    await charge()
    pass(network, RECLAIM_AFTER_SEC)
    await commit({ payouts: [device] })
    const before = await escrowState(requester)
    expect(await reclaim(1)).toMatchObject({ refused: ['WRONG_EPOCH'], gotNano: 0n })
    pass(network, RECLAIM_AFTER_SEC)
    expect(await reclaim(1)).toMatchObject({ refused: ['WRONG_EPOCH'], gotNano: 0n })
    expect(await escrowState(requester)).toEqual(before)
  })

  it('takes nothing of others, whose epoch is committed without it', async () => {
    const { network } = opened()
    const other = await createRequester(network, { name: 'other' })
    await charge({ deltaNano: toNano('2') })
    await charge({ deltaNano: toNano('3') }, other)
    pass(network, RECLAIM_AFTER_SEC)
    expect((await reclaim(1)).gotNano).toBe(toNano('2'))
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: toNano('3') })
    await commit({ payouts: [device] })
    expect(await vaultState(network)).toMatchObject({ owedNano: toNano('2.6') })
    expect((await reclaim(1, other)).refused).toEqual(['WRONG_EPOCH'])
  })

  it('counts 14 days from the first funds that are there', async () => {
    const { network } = opened()
    await charge()
    pass(network, RECLAIM_AFTER_SEC)
    expect((await reclaim(1)).gotNano).toBe(toNano('1'))
    await renewSession()
    await charge({ deltaNano: 5n })
    pass(network, RECLAIM_AFTER_SEC - 1)
    expect((await reclaim(1)).refused).toEqual(['TOO_EARLY'])
    pass(network, 1)
    expect((await reclaim(1)).gotNano).toBe(5n)
  })

  it('gives back a vetoed epoch and the one after it, while the vault is frozen', async () => {
    const { network, requester } = opened()
    await charge({ deltaNano: toNano('1') })
    pass(network, HOUR_SEC)
    await commit({ payouts: [device] })
    await charge({ deltaNano: toNano('2') })
    expect(await escrowState(requester)).toMatchObject({
      pending: { epoch: 2, deltaNano: toNano('2') },
      inWindow: { epoch: 1, deltaNano: toNano('1') },
    })
    await veto(1)
    pass(network, RECLAIM_AFTER_SEC - HOUR_SEC - 1)
    expect((await reclaim(1)).refused).toEqual(['TOO_EARLY'])
    pass(network, 1)
    expect((await reclaim(1)).gotNano).toBe(toNano('1'))
    expect((await reclaim(2)).gotNano).toBe(toNano('2'))
    expect((await reclaim(1)).refused).toEqual(['NOTHING_TO_RECLAIM'])
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: 0n, frozenAtSec: expect.any(Number) })
  })

  it('adds a vetoed epoch to what is charged after it, also through two vetoes', async () => {
    const { network, requester } = opened()
    await charge({ deltaNano: toNano('1') })
    for (const epoch of [1, 2]) {
      await commit({ payouts: [device] })
      await charge({ deltaNano: toNano('2') })
      await veto(epoch)
      pass(network, WEEK_SEC)
      await unfreeze()
      await renewSession()
    }
    await charge({ deltaNano: toNano('0.5') })
    expect(await escrowState(requester)).toMatchObject({
      pending: { epoch: 1, deltaNano: toNano('5.5') },
      inWindow: { deltaNano: 0n },
    })
    expect((await reclaim(1)).gotNano).toBe(toNano('5.5'))
  })

  it('forgets an epoch that is settled, though a later one is vetoed', async () => {
    const { network, requester } = opened()
    await charge({ deltaNano: toNano('1') })
    await commit()
    pass(network, CHALLENGE_SEC)
    await charge({ deltaNano: toNano('2') })
    await commit()
    await charge({ deltaNano: toNano('3') })
    await veto(2)
    expect(await escrowState(requester)).toMatchObject({
      pending: { epoch: 3, deltaNano: toNano('3') },
      inWindow: { epoch: 2, deltaNano: toNano('2') },
    })
    pass(network, RECLAIM_AFTER_SEC)
    expect((await reclaim(2)).gotNano).toBe(toNano('2'))
    expect((await reclaim(3)).gotNano).toBe(toNano('3'))
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: 0n, owedNano: toNano('1') })
  })

  it('comes back when a commit overtakes it', async () => {
    const { network, requester } = opened()
    await charge()
    pass(network, RECLAIM_AFTER_SEC)
    const arrive = await reclaimHalfway(1)
    expect((await escrowState(requester)).pending.deltaNano).toBe(0n)
    await commit({ payouts: [device] })
    await renewSession()
    await charge({ deltaNano: toNano('2') })
    expect(refusalsIn(await arrive())).toEqual(['WRONG_EPOCH'])
    expect(await escrowState(requester)).toMatchObject({
      pending: { epoch: 2, deltaNano: toNano('2') },
      inWindow: { epoch: 1, deltaNano: toNano('1') },
    })
  })

  it('leaves a charge that lands meanwhile to the next reclaim', async () => {
    const { network, requester } = opened()
    await charge()
    pass(network, RECLAIM_AFTER_SEC)
    await renewSession()
    const arrive = await reclaimHalfway(1)
    await charge({ deltaNano: 9n })
    expect(refusalsIn(await arrive())).toEqual([])
    expect((await escrowState(requester)).pending).toEqual({ epoch: 1, deltaNano: 9n })
    expect((await reclaim(1)).gotNano).toBe(9n)
  })

  it('survives that its charge and itself both come back', async () => {
    const { requester } = opened()
    await charge()
    const before = await escrowState(requester)
    const arriveFunds = await chargeHalfway({ deltaNano: toNano('2') })
    const arriveReclaim = await reclaimHalfway(1)
    await commit({ payouts: [device] })
    expect(refusalsIn(await arriveFunds())).toEqual(['WRONG_EPOCH'])
    expect((await escrowState(requester)).pending.deltaNano).toBe(-toNano('2'))
    expect((await reclaim(1)).refused).toEqual(['NOTHING_TO_RECLAIM'])
    expect(refusalsIn(await arriveReclaim())).toEqual(['WRONG_EPOCH'])
    expect(await escrowState(requester)).toEqual(before)
  })

  it('drops what comes back of an epoch that was settled meanwhile', async () => {
    const { network, requester } = opened()
    await charge()
    const arrive = await reclaimHalfway(1)
    await commit()
    pass(network, CHALLENGE_SEC)
    await commit()
    await charge({ deltaNano: 5n })
    expect(refusalsIn(await arrive())).toEqual(['WRONG_EPOCH'])
    expect(await escrowState(requester)).toMatchObject({
      pending: { epoch: 3, deltaNano: 5n },
      inWindow: { epoch: 2, deltaNano: 0n },
    })
  })

  it('pays no more than the epoch was funded with, whatever an escrow says', async () => {
    const { network, requester } = opened()
    await charge()
    pass(network, RECLAIM_AFTER_SEC)
    const body = beginCell()
      .storeUint(0x47560007, 32)
      .storeUint(0, 64)
      .storeCoins(toNano('1') + 1n)
      .storeUint(1, 32)
      .storeAddress(requester.owner.address)
      .endCell()
    const sent = await sendAs(network, { from: requester.escrow.address, to: network.vault.address, body })
    expect(refusalsIn(sent)).toEqual(['SUMS_DIFFER'])
  })
})
