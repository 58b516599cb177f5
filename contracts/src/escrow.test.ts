import { close as closeCell } from '@gstd/sdk/contracts'
import { Address, beginCell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { createRequester, escrowState, JOB } from './chainForTests/createRequester.ts'
import { allPriceSets, HOUR_SEC, keys, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { sendAs } from './chainForTests/sendAs.ts'
import { chargeOf } from './chainForTests/signedMessages.ts'
import { actionsDone, exitCodes, feesOf, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const passerBy = Address.parseRaw(`0:${'11'.repeat(32)}`)
const RENT_NANO = toNano('0.02')
const CHARGEABLE_SEC = 72 * HOUR_SEC
const CLOSE_DELAY_SEC = 72 * HOUR_SEC

describe.each(allPriceSets)('RequesterEscrow at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const setSession = (session: { key: string; capNano?: bigint; endsInSec?: number }) => {
    const { network, requester } = opened()
    return requester.escrow.sendSetSession(requester.owner.getSender(), {
      key: session.key,
      capNano: session.capNano ?? toNano('10'),
      expiresAtSec: nowSec(network) + (session.endsInSec ?? 24 * HOUR_SEC),
    })
  }
  const charge = async (options: Parameters<typeof chargeOf>[2] = {}) => {
    const { network, requester } = opened()
    return network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester, options))
  }
  const close = () => opened().requester.escrow.sendClose(opened().requester.owner.getSender())

  it('stands where the vault derives it', async () => {
    const { network, requester } = opened()
    const { stackReader } = await network.chain.runGetMethod(network.vault.address, 'escrow_address', [
      { type: 'slice', cell: beginCell().storeAddress(requester.owner.address).endCell() },
    ])
    expect(stackReader.readAddress().equals(requester.escrow.address)).toBe(true)
  })

  it('holds the deposit and its rent, and returns the rest of what came with it', async () => {
    const { network, requester } = opened()
    const before = await network.balanceOf(requester.owner.address)
    const sent = await requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano: 7n })
    expect(exitCodes(sent)).toEqual([])
    expect((await escrowState(requester)).balanceNano).toBe(toNano('10') + 7n)
    expect(await network.balanceOf(requester.escrow.address)).toBe(toNano('10') + 7n + RENT_NANO)
    expect(await network.balanceOf(requester.owner.address)).toBe(before - 7n - feesOf(sent))
    const [event] = sent.externals
    const body = event?.body.beginParse()
    expect([body?.loadUint(32), body?.loadUintBig(256), body?.loadCoins()]).toEqual([
      0x474500e2,
      BigInt(`0x${JOB}`),
      7n,
    ])
  })

  it('fills its rent up with a deposit after a year', async () => {
    const { network, requester } = opened()
    pass(network, 365 * 24 * HOUR_SEC)
    await requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano: 1n })
    expect(await network.balanceOf(requester.escrow.address)).toBe(toNano('10') + 1n + RENT_NANO)
  })

  it('takes a plain transfer for its rent, and returns what it does not need with the next deposit', async () => {
    const { network, requester } = opened()
    await sendAs(network, { from: passerBy, to: requester.escrow.address, valueNano: toNano('1') })
    expect((await escrowState(requester)).balanceNano).toBe(toNano('10'))
    expect(await network.balanceOf(requester.escrow.address)).toBeGreaterThan(toNano('10.99'))
    await requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano: 1n })
    expect(await network.balanceOf(requester.escrow.address)).toBe(toNano('10') + 1n + RENT_NANO)
  })

  it('refuses what it does not know', async () => {
    const { network, requester } = opened()
    const body = beginCell().storeUint(0, 32).storeStringTail('for rent').endCell()
    expect(exitCodes(await sendAs(network, { from: passerBy, to: requester.escrow.address, body }))).toEqual([0xffff])
  })

  it('prolongs and raises the session of the same key', async () => {
    const { network, requester } = opened()
    const key = keys.session.publicKey
    expect(exitCodes(await setSession({ key, capNano: toNano('11'), endsInSec: 7 * 24 * HOUR_SEC }))).toEqual([])
    const { session, previousSession } = await escrowState(requester)
    expect(session).toEqual({ key, capNano: toNano('11'), expiresAtSec: nowSec(network) + 7 * 24 * HOUR_SEC })
    expect(previousSession.key).toBe('0'.repeat(64))
  })

  it('charges by the previous key after another has taken its place', async () => {
    const { requester } = opened()
    await setSession({ key: keys.otherSession.publicKey })
    expect((await escrowState(requester)).previousSession.key).toBe(keys.session.publicKey)
    expect(refusalsIn(await charge())).toEqual([])
    expect(refusalsIn(await charge({ session: keys.otherSession }))).toEqual([])
    expect((await escrowState(requester)).chargedNano).toBe(toNano('2'))
  })

  it('keeps a key for 72 h after its end, and lets another take its place then', async () => {
    const { network } = opened()
    await setSession({ key: keys.otherSession.publicKey, endsInSec: 7 * 24 * HOUR_SEC })
    pass(network, 24 * HOUR_SEC + CHARGEABLE_SEC)
    expect(refusalsIn(await setSession({ key: keys.thirdSession.publicKey }))).toEqual(['SESSION_STILL_CHARGEABLE'])
    expect(refusalsIn(await charge())).toEqual([])
    pass(network, 1)
    expect(refusalsIn(await charge())).toEqual(['SESSION_EXPIRED'])
    expect(refusalsIn(await setSession({ key: keys.thirdSession.publicKey }))).toEqual([])
  })

  it('keeps a key whose cap is reached, since a charge may still bounce', async () => {
    await setSession({ key: keys.session.publicKey, capNano: toNano('10') })
    await setSession({ key: keys.otherSession.publicKey })
    expect(refusalsIn(await charge({ deltaNano: toNano('10') }))).toEqual([])
    expect(refusalsIn(await setSession({ key: keys.thirdSession.publicKey }))).toEqual(['SESSION_STILL_CHARGEABLE'])
  })

  it('pays everything back at the deadline of closing, and not a second before', async () => {
    const { network, requester } = opened()
    await charge()
    expect(exitCodes(await close())).toEqual([])
    expect((await escrowState(requester)).closeAtSec).toBe(nowSec(network) + CLOSE_DELAY_SEC)
    pass(network, CLOSE_DELAY_SEC - 1)
    expect(refusalsIn(await close())).toEqual(['CLOSE_TOO_EARLY'])
    pass(network, 1)
    const held = await network.balanceOf(requester.escrow.address)
    const before = await network.balanceOf(requester.owner.address)
    const sent = await close()
    expect(refusalsIn(sent)).toEqual([])
    const left = await network.balanceOf(requester.escrow.address)
    expect(left).toBeLessThanOrEqual(RENT_NANO)
    expect(await network.balanceOf(requester.owner.address)).toBe(before + held - left - feesOf(sent))
    expect(await escrowState(requester)).toMatchObject({ balanceNano: 0n, chargedNano: toNano('1'), closeAtSec: 0 })
  })

  it('closes even where the rent has eaten what it kept', async () => {
    const { network, requester } = opened()
    const sending = { from: requester.owner.address, to: requester.escrow.address, body: closeCell({}) }
    await close()
    pass(network, CLOSE_DELAY_SEC)
    await close()
    await close()
    pass(network, (prices === '2026-06' ? 9 : 1) * 365 * 24 * HOUR_SEC)
    const sent = await sendAs(network, { ...sending, valueNano: toNano('0.01') })
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect((await escrowState(requester)).closeAtSec).toBe(0)
  })

  it('takes no deposit while closing, but charges until the deadline', async () => {
    const { network, requester } = opened()
    await setSession({ key: keys.session.publicKey, endsInSec: 7 * 24 * HOUR_SEC })
    await close()
    const deposit = requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano: 1n })
    expect(refusalsIn(await deposit)).toEqual(['ESCROW_CLOSED'])
    pass(network, CLOSE_DELAY_SEC - 1)
    expect(refusalsIn(await charge())).toEqual([])
    pass(network, 1)
    expect(refusalsIn(await charge())).toEqual(['ESCROW_CLOSED'])
  })

  it('goes on counting when it is used again after closing', async () => {
    const { network, requester } = opened()
    await charge()
    await close()
    pass(network, CLOSE_DELAY_SEC)
    await close()
    await requester.escrow.sendDeposit(requester.owner.getSender(), { jobId: JOB, amountNano: toNano('3') })
    await setSession({ key: keys.session.publicKey, endsInSec: 5 * 24 * HOUR_SEC })
    expect(refusalsIn(await charge())).toEqual([])
    expect(await escrowState(requester)).toMatchObject({ balanceNano: toNano('2'), chargedNano: toNano('2'), tasks: 2 })
  })

  it('serves each owner apart', async () => {
    const { network, requester } = opened()
    const other = await createRequester(network, { name: 'other', depositNano: toNano('2') })
    expect(other.escrow.address.equals(requester.escrow.address)).toBe(false)
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, other))
    expect((await escrowState(other)).chargedNano).toBe(toNano('1'))
    expect((await escrowState(requester)).chargedNano).toBe(0n)
  })
})
