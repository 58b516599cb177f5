import { computeSlashing, repetitionMultiplier, slashingSeverities } from '@gstd/sdk'
import { attachNano, slashReasons } from '@gstd/sdk/contracts'
import { type Address, beginCell, type Cell, toNano } from '@ton/core'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  accountState,
  device,
  EVIDENCE,
  openAccount,
  type OpenedAccount,
  slashOf,
} from './chainForTests/openAccount.ts'
import { allPriceSets, HOUR_SEC, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { sendAs } from './chainForTests/sendAs.ts'
import { actionsDone, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const WEEK_SEC = 7 * 24 * HOUR_SEC
const SLASH_DELAY_SEC = 72 * HOUR_SEC
const NONE = '0'.repeat(64)

describe.each(allPriceSets)('DeviceAccount at the prices of %s', (prices) => {
  const opened = useNetwork(prices)
  let the: OpenedAccount

  beforeEach(async () => {
    the = await openAccount(opened().network)
  })

  const state = () => accountState(the)
  const unbond = (amountNano: bigint) => the.account.sendUnbond(the.owner.getSender(), { amountNano })
  const withdraw = () => the.account.sendWithdraw(the.owner.getSender())
  const slash = async (options: Parameters<typeof slashOf>[2] = {}) => {
    const { network } = opened()
    return network.vault.sendSlash(network.operator.getSender(), await slashOf(network, the, options))
  }
  const vetoSlash = (slashSeq: number) => {
    const { network } = opened()
    return network.vault.sendVetoSlash(network.guardian.getSender(), { account: the.account.address, slashSeq })
  }
  const execute = () => the.account.sendExecuteSlash(opened().network.operator.getSender())
  const notification = (amountNano: bigint, from: Address | null): Cell =>
    beginCell()
      .storeUint(0x7362d09c, 32)
      .storeUint(0, 64)
      .storeCoins(amountNano)
      .storeAddress(from)
      .storeBit(false)
      .endCell()

  describe('devices', () => {
    it('are listed by the id that the SDK gives them', async () => {
      expect((await state()).devices).toEqual([{ ...device, reputation: 0, updatedAtSec: 0 }])
    })

    it('are at most 16 at a time', async () => {
      const add = (byte: number, isAdded = true) =>
        the.account.sendSetDevice(the.owner.getSender(), {
          deviceKey: byte.toString(16).padStart(2, '0').repeat(32),
          isAdded,
        })
      for (let byte = 1; byte <= 15; byte++) expect(refusalsIn(await add(byte))).toEqual([])
      expect((await state()).devices).toHaveLength(16)
      expect(refusalsIn(await add(16))).toEqual(['TOO_MANY_DEVICES'])
      expect(refusalsIn(await add(15, false))).toEqual([])
      expect(refusalsIn(await add(16))).toEqual([])
      expect((await state()).devices).toHaveLength(16)
    })
  })

  describe('stake', () => {
    it('is the GSTD that the owner sends', async () => {
      const wallet = await the.account.getGstdWallet()
      expect(wallet?.equals(await the.minter.getWalletAddress(the.account.address))).toBe(true)
      const sent = await the.stake(toNano('5'))
      expect(refusalsIn(sent)).toEqual([])
      expect((await state()).stakeNano).toBe(toNano('5'))
      expect(await the.gstdOf(the.account.address)).toBe(toNano('5'))
      await the.stake(1n)
      expect((await state()).stakeNano).toBe(toNano('5') + 1n)
    })

    it('counts with less TON than is recommended, and the rent is no part of it', async () => {
      const { network } = opened()
      const before = await network.balanceOf(the.account.address)
      const sent = await the.stake(toNano('2'), { forwardNano: toNano('0.01') })
      expect(refusalsIn(sent)).toEqual([])
      expect((await state()).stakeNano).toBe(toNano('2'))
      const rent = rentOf(sent, the.account.address)
      expect(await network.balanceOf(the.account.address)).toBe(before - rent)
    })

    it('is no GSTD of others, which returns to them', async () => {
      const { network } = opened()
      expect(refusalsIn(await the.stake(toNano('3'), { by: network.operator }))).toEqual([])
      expect((await state()).stakeNano).toBe(0n)
      expect(await the.gstdOf(network.operator.address)).toBe(toNano('3'))
    })

    it('is nothing that another contract says', async () => {
      const { network } = opened()
      const sending = { from: network.operator.address, to: the.account.address }
      const before = await network.balanceOf(the.account.address)
      const sent = await sendAs(network, { ...sending, body: notification(toNano('9'), the.owner.address) })
      expect(actionsDone(sent)).toBe(true)
      expect((await state()).stakeNano).toBe(0n)
      expect(before - (await network.balanceOf(the.account.address))).toBeLessThan(toNano('0.0001'))
    })
  })

  describe('unbonding', () => {
    it('takes 7 days from the last request on', async () => {
      await the.stake(toNano('5'))
      await unbond(toNano('1'))
      pass(opened().network, WEEK_SEC - 1)
      await unbond(toNano('2'))
      expect(await state()).toMatchObject({ stakeNano: toNano('2'), unbondingNano: toNano('3') })
      pass(opened().network, WEEK_SEC - 1)
      expect(refusalsIn(await withdraw())).toEqual(['TOO_EARLY'])
      pass(opened().network, 1)
      const sent = await withdraw()
      expect(refusalsIn(sent)).toEqual([])
      expect(actionsDone(sent)).toBe(true)
      expect(await the.gstdOf(the.owner.address)).toBe(toNano('3'))
      expect(await state()).toMatchObject({ stakeNano: toNano('2'), unbondingNano: 0n })
      expect(refusalsIn(await withdraw())).toEqual(['ZERO_AMOUNT'])
    })

    it('is what it was when the wallet refuses the transfer', async () => {
      const { network } = opened()
      await the.stake(toNano('5'))
      await unbond(toNano('5'))
      const wallet = await the.account.getGstdWallet()
      if (wallet === undefined) throw new Error('the master has named it')
      const bounce = (purpose: number, from: Address) => {
        const body = beginCell().storeUint(0xffffffff, 32).storeUint(0x0f8a7ea5, 32).storeUint(purpose, 64)
        const to = the.account.address
        return sendAs(network, { from, to, body: body.storeCoins(7n).endCell(), bounced: true })
      }
      expect(refusalsIn(await bounce(1, wallet))).toEqual([])
      expect(await state()).toMatchObject({ unbondingNano: toNano('5') + 7n })
      expect(refusalsIn(await bounce(2, wallet))).toEqual([])
      expect(await state()).toMatchObject({ stakeNano: 7n })
      for (const [purpose, from] of [
        [3, wallet],
        [1, network.operator.address],
      ] as const) {
        await bounce(purpose, from)
        expect(await state()).toMatchObject({ stakeNano: 7n, unbondingNano: toNano('5') + 7n })
      }
    })
  })

  describe('a slash', () => {
    it('locks at once, and goes to the treasury after 72 h', async () => {
      const { network } = opened()
      await the.stake(toNano('5'))
      const operatorBefore = await network.balanceOf(network.operator.address)
      const sent = await slash()
      expect(refusalsIn(sent)).toEqual([])
      expect(actionsDone(sent)).toBe(true)
      expect(operatorBefore - (await network.balanceOf(network.operator.address))).toBeLessThan(toNano('0.03'))
      const executableAtSec = nowSec(network) + SLASH_DELAY_SEC
      expect(await state()).toMatchObject({
        stakeNano: toNano('4'),
        slashSeq: 1,
        slashes: 0,
        pending: {
          fromStakeNano: toNano('1'),
          fromUnbondingNano: 0n,
          reason: 1,
          executableAtSec,
          evidenceHash: EVIDENCE,
        },
      })
      pass(network, SLASH_DELAY_SEC - 1)
      expect(refusalsIn(await execute())).toEqual(['TOO_EARLY'])
      pass(network, 1)
      const heldBefore = await network.balanceOf(the.account.address)
      const executed = await execute()
      expect(refusalsIn(executed)).toEqual([])
      const rent = rentOf(executed, the.account.address)
      expect(await network.balanceOf(the.account.address)).toBe(heldBefore - rent)
      expect(actionsDone(executed)).toBe(true)
      expect(await the.gstdOf(the.treasury.address)).toBe(toNano('1'))
      expect(await the.gstdOf(the.account.address)).toBe(toNano('4'))
      const after = await state()
      expect(after).toMatchObject({ stakeNano: toNano('4'), slashes: 1 })
      expect(after.pending).toBeUndefined()
      expect(refusalsIn(await execute())).toEqual(['NO_SLASH_PENDING'])
    })

    it('reaches what is unbonding, to the last nano and not beyond', async () => {
      const { network } = opened()
      await the.stake(toNano('1'))
      await unbond(toNano('0.6'))
      pass(network, WEEK_SEC)
      expect(refusalsIn(await slash({ reason: 'invalid_proof', amountNano: toNano('1') + 1n }))).toEqual(['OVER_STAKE'])
      expect(refusalsIn(await slash({ reason: 'invalid_proof', amountNano: toNano('1') }))).toEqual([])
      expect(await state()).toMatchObject({
        stakeNano: 0n,
        unbondingNano: 0n,
        pending: { fromStakeNano: toNano('0.4'), fromUnbondingNano: toNano('0.6') },
      })
      expect(refusalsIn(await withdraw())).toEqual(['ZERO_AMOUNT'])
    })

    it('can be appealed and vetoed until the last second, and leaves no trace then', async () => {
      const { network } = opened()
      await the.stake(toNano('1'))
      await unbond(toNano('0.6'))
      const before = await state()
      await slash()
      pass(network, SLASH_DELAY_SEC - 1)
      const hash = 'ab'.repeat(32)
      const sent = await the.account.sendAppeal(the.owner.getSender(), { slashSeq: 1, hash })
      expect(refusalsIn(sent)).toEqual([])
      expect((await state()).pending?.appealHash).toBe(hash)
      const event = sent.externals[0]?.body.beginParse()
      expect([event?.loadUint(32), event?.loadUint(32), event?.loadUintBig(256)]).toEqual([
        0x474400e3,
        1,
        BigInt(`0x${hash}`),
      ])
      expect(refusalsIn(await vetoSlash(1))).toEqual([])
      expect(await state()).toEqual({ ...before, slashSeq: 1 })
      // the next one is the first that counts
      expect(refusalsIn(await slash({ amountNano: toNano('1') }))).toEqual([])
      expect(await state()).toMatchObject({ slashSeq: 2, slashes: 0, pending: { appealHash: NONE } })
    })

    it.each(Object.entries(slashReasons))('for %s costs what the formula says, and not a nano more', async (name) => {
      const { network } = opened()
      const reason = name as keyof typeof slashReasons
      await the.stake(toNano('500'))
      for (let earlier = 0; earlier < 6; earlier++) {
        const amountNano = computeSlashing({
          severityMultiplier: slashingSeverities[reason],
          repetitionMultiplier: repetitionMultiplier(earlier),
        })
        expect(refusalsIn(await slash({ reason, amountNano: amountNano + 1n }))).toEqual(['SLASH_TOO_HIGH'])
        expect(refusalsIn(await slash({ reason, amountNano }))).toEqual([])
        pass(network, SLASH_DELAY_SEC)
        expect(refusalsIn(await execute())).toEqual([])
      }
      expect((await state()).slashes).toBe(6)
    })

    it('that the account refuses pays back who sent it', async () => {
      const { network } = opened()
      const before = await network.balanceOf(network.operator.address)
      const sent = await slash()
      expect(refusalsIn(sent)).toEqual(['OVER_STAKE'])
      expect(before - (await network.balanceOf(network.operator.address))).toBeLessThan(attachNano.forward / 2n)
    })
  })
})
