import { charge as chargeCell } from '@gstd/sdk/contracts'
import { beginCell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { createRequester, escrowState } from './chainForTests/createRequester.ts'
import { fundCell } from './chainForTests/forwardedCells.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { sendAs } from './chainForTests/sendAs.ts'
import { sendHalfway } from './chainForTests/sendHalfway.ts'
import { type ChargeOptions, chargeOf, commitOf, vaultState } from './chainForTests/signedMessages.ts'
import { actionsDone, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'
import { findLeastValue } from './costs/findLeastValue.ts'

describe.each(allPriceSets)('bounces at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  /** Sends a charge as far as the escrow: its funds are on their way to the vault until `arrive` is called. */
  const chargeHalfway = async (options: ChargeOptions & { valueNano?: bigint } = {}) => {
    const { network, requester } = opened()
    const message = await chargeOf(network, requester, options)
    const { valueNano = toNano('0.05') } = options
    const sending = { from: network.operator.address, to: network.vault.address, body: chargeCell(message), valueNano }
    return { message, arrive: await sendHalfway(network, sending, 2) }
  }
  const charge = async (options: ChargeOptions = {}) => {
    const { network, requester } = opened()
    return network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))
  }
  /** Commits an epoch that pays nobody: all that it was funded with is owed. */
  const commit = async () => {
    const { network } = opened()
    const sent = await network.vault.sendCommit(network.operator.getSender(), await commitOf(network))
    expect(refusalsIn(sent)).toEqual([])
    pass(network, CHALLENGE_SEC)
  }
  /** What an escrow holds beyond its balance. */
  const surplus = async () => {
    const { network, requester } = opened()
    return (await network.balanceOf(requester.escrow.address)) - (await escrowState(requester)).balanceNano
  }

  it('undoes a charge whose funds come after the commit', async () => {
    const { network, requester } = opened()
    const before = await escrowState(requester)
    const rentBefore = await surplus()
    const { arrive } = await chargeHalfway({ tasks: 12 })
    expect(await escrowState(requester)).toMatchObject({
      balanceNano: toNano('9'),
      chargedNano: toNano('1'),
      tasks: 12,
      pending: { epoch: 1, deltaNano: toNano('1') },
    })
    await commit()
    const sent = await arrive()
    expect(refusalsIn(sent)).toEqual(['WRONG_EPOCH'])
    expect(actionsDone(sent)).toBe(true)
    expect(await escrowState(requester)).toEqual({
      ...before,
      pending: { epoch: 1, deltaNano: 0n },
      inWindow: { epoch: 1, deltaNano: 0n },
    })
    expect(await vaultState(network)).toMatchObject({ fundedNextNano: 0n, owedNano: 0n })
    expect(await surplus()).toBeGreaterThan(rentBefore - toNano('0.00001'))
  })

  it('brings back all that it took with the least that a charge may carry', async () => {
    const { network, requester } = opened()
    const body = chargeCell(await chargeOf(network, requester))
    const least = await findLeastValue(network, { from: network.operator.address, to: network.vault.address, body })
    const rentBefore = await surplus()
    const { arrive } = await chargeHalfway({ valueNano: least })
    await commit()
    const sent = await arrive()
    expect(refusalsIn(sent)).toEqual(['WRONG_EPOCH'])
    expect(actionsDone(sent)).toBe(true)
    expect(await surplus()).toBeGreaterThan(rentBefore - toNano('0.00001'))
    expect((await escrowState(requester)).balanceNano).toBe(toNano('10'))
  })

  it('undoes one charge and keeps the next, which has gone through meanwhile', async () => {
    const { network, requester } = opened()
    const { arrive } = await chargeHalfway({ deltaNano: toNano('2'), tasks: 20 })
    await commit()
    expect(refusalsIn(await charge({ deltaNano: toNano('3'), tasks: 50 }))).toEqual([])
    expect(refusalsIn(await arrive())).toEqual(['WRONG_EPOCH'])
    expect(await escrowState(requester)).toMatchObject({
      balanceNano: toNano('7'),
      chargedNano: toNano('3'),
      tasks: 30,
      pending: { epoch: 2, deltaNano: toNano('3') },
    })
    expect((await vaultState(network)).fundedNextNano).toBe(toNano('3'))
    expect(await surplus()).toBeGreaterThan(0n)
  })

  it('undoes two charges of one epoch, each by its own sum', async () => {
    const { requester } = opened()
    const first = await chargeHalfway({ deltaNano: toNano('2'), tasks: 2 })
    const second = await chargeHalfway({ deltaNano: toNano('3'), tasks: 7 })
    expect((await escrowState(requester)).pending).toEqual({ epoch: 1, deltaNano: toNano('5') })
    await commit()
    await first.arrive()
    expect(await escrowState(requester)).toMatchObject({ balanceNano: toNano('7'), chargedNano: toNano('3'), tasks: 5 })
    await second.arrive()
    expect(await escrowState(requester)).toMatchObject({ balanceNano: toNano('10'), chargedNano: 0n, tasks: 0 })
    expect((await escrowState(requester)).pending).toEqual({ epoch: 1, deltaNano: 0n })
  })

  it('never charges again by a message whose charge was undone', async () => {
    const { network, requester } = opened()
    const { message, arrive } = await chargeHalfway()
    await commit()
    await arrive()
    expect(refusalsIn(await network.vault.sendCharge(network.operator.getSender(), message))).toEqual(['WRONG_EPOCH'])
    expect((await escrowState(requester)).chargedNano).toBe(0n)
    expect(refusalsIn(await charge())).toEqual([])
  })

  it('pays what bounces after closing by closing once more', async () => {
    const { network, requester } = opened()
    const owner = requester.owner.getSender()
    await requester.escrow.sendClose(owner)
    pass(network, 72 * HOUR_SEC - 1)
    const { arrive } = await chargeHalfway()
    const commitMessage = await commitOf(network)
    await network.vault.sendCommit(network.operator.getSender(), commitMessage)
    pass(network, 1)
    expect(refusalsIn(await requester.escrow.sendClose(owner))).toEqual([])
    expect((await escrowState(requester)).balanceNano).toBe(0n)
    await arrive()
    expect(await escrowState(requester)).toMatchObject({ balanceNano: toNano('1'), chargedNano: 0n, closeAtSec: 0 })
    await requester.escrow.sendClose(owner)
    pass(network, 72 * HOUR_SEC)
    const before = await network.balanceOf(requester.owner.address)
    expect(refusalsIn(await requester.escrow.sendClose(owner))).toEqual([])
    expect((await network.balanceOf(requester.owner.address)) - before).toBeGreaterThan(toNano('0.95'))
  })

  it('lets the requester drop no key that a bounce makes chargeable again', async () => {
    const { network, requester } = opened()
    const set = (key: string) =>
      requester.escrow.sendSetSession(requester.owner.getSender(), {
        key,
        capNano: toNano('20'),
        expiresAtSec: nowSec(network) + 24 * HOUR_SEC,
      })
    await set('51'.repeat(32))
    const { arrive } = await chargeHalfway({ deltaNano: toNano('10') })
    await commit()
    expect(refusalsIn(await set('52'.repeat(32)))).toEqual(['SESSION_STILL_CHARGEABLE'])
    await arrive()
    expect(refusalsIn(await charge({ deltaNano: toNano('10') }))).toEqual([])
  })

  it('refuses funds that bring less than they say, and takes the charge back', async () => {
    const { network, requester } = opened()
    await charge({ tasks: 3 })
    const body = fundCell({
      deltaNano: toNano('1'),
      epoch: 1,
      tasks: 3,
      owner: requester.owner.address,
      payer: network.operator.address,
    })
    const sending = { from: requester.escrow.address, to: network.vault.address, body }
    const sent = await sendAs(network, { ...sending, valueNano: toNano('1') })
    expect(refusalsIn(sent)).toEqual(['TOO_LITTLE_VALUE'])
    expect(await escrowState(requester)).toMatchObject({ balanceNano: toNano('10'), chargedNano: 0n, tasks: 0 })
    expect((await vaultState(network)).fundedNextNano).toBe(toNano('1'))
  })

  it('believes no bounce but the vault’s', async () => {
    const { network, requester } = opened()
    const stranger = await createRequester(network, { name: 'stranger' })
    await charge()
    const before = await escrowState(requester)
    const body = beginCell()
      .storeUint(0xffffffff, 32)
      .storeUint(0x47560002, 32)
      .storeUint(0, 64)
      .storeCoins(toNano('1'))
      .storeUint(1, 32)
      .storeUint(1, 32)
      .endCell()
    const to = requester.escrow.address
    expect(refusalsIn(await sendAs(network, { from: stranger.owner.address, to, body, bounced: true }))).toEqual([
      'NOT_VAULT',
    ])
    // whoever writes the same body into a message of his own sends no bounce
    expect(refusalsIn(await sendAs(network, { from: stranger.owner.address, to, body }))).toEqual([0xffff])
    const otherBounce = beginCell().storeUint(0xffffffff, 32).storeUint(0x47560009, 32).storeUint(0, 224).endCell()
    const sent = await sendAs(network, { from: network.vault.address, to, body: otherBounce, bounced: true })
    expect(refusalsIn(sent)).toHaveLength(1)
    expect(await escrowState(requester)).toEqual(before)
  })
})
