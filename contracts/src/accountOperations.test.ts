import { slashReasons } from '@gstd/sdk/contracts'
import { toNano } from '@ton/core'
import type { SendMessageResult } from '@ton/sandbox'
import { describe, expect, it } from 'vitest'
import { accountState, openAccount, type OpenedAccount, slashOf } from './chainForTests/openAccount.ts'
import {
  allPriceSets,
  HOUR_SEC,
  nowSec,
  openTestNetwork,
  pass,
  type TestNetwork,
} from './chainForTests/openTestNetwork.ts'
import { actionsDone, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { createRandom, type Random } from './randomOperations/createRandom.ts'

const OPERATIONS = 250
const RENT_NANO = toNano('0.05')
const DAY_SEC = 24 * HOUR_SEC
const reasons = Object.keys(slashReasons) as (keyof typeof slashReasons)[]

type Acting = { network: TestNetwork; the: OpenedAccount; random: Random }
type Act = (acting: Acting) => Promise<SendMessageResult>

const acts: Record<string, Act> = {
  stake: ({ the, random }) => the.stake(random.nano(toNano('5'))),
  unbond: async ({ the, random }) => {
    const { stakeNano } = await accountState(the)
    const amountNano = random.nano(stakeNano + (random.chance(0.2) ? toNano('1') : 0n))
    return the.account.sendUnbond(the.owner.getSender(), { amountNano })
  },
  withdraw: ({ the }) => the.account.sendWithdraw(the.owner.getSender()),
  slash: async ({ network, the, random }) => {
    const slash = { reason: random.pick(reasons), amountNano: random.nano(toNano('4')) }
    return network.vault.sendSlash(network.operator.getSender(), await slashOf(network, the, slash))
  },
  vetoSlash: async ({ network, the }) => {
    const { slashSeq } = await accountState(the)
    return network.vault.sendVetoSlash(network.guardian.getSender(), { account: the.account.address, slashSeq })
  },
  appeal: async ({ the }) => {
    const { slashSeq } = await accountState(the)
    return the.account.sendAppeal(the.owner.getSender(), { slashSeq, hash: 'ab'.repeat(32) })
  },
  execute: ({ network, the }) => the.account.sendExecuteSlash(network.operator.getSender()),
}

/** What is staked, unbonding and locked together. */
const sumOf = ({ stakeNano, unbondingNano, pending }: Awaited<ReturnType<typeof accountState>>): bigint =>
  stakeNano + unbondingNano + (pending?.fromStakeNano ?? 0n) + (pending?.fromUnbondingNano ?? 0n)

describe('random operations on a device account', () => {
  it.each(allPriceSets.map((prices, index) => ({ prices, seed: index + 1 })))(
    'leave every nano of GSTD and TON accounted for, prices of $prices',
    async ({ prices, seed }) => {
      const network = await openTestNetwork(prices)
      const random = createRandom(seed)
      const the = await openAccount(network)
      const accepted = new Set<string>()
      for (let index = 0; index < OPERATIONS; index++) {
        if (random.chance(0.3)) pass(network, random.below(random.chance(0.3) ? 8 * DAY_SEC : DAY_SEC))
        const before = await accountState(the)
        const treasuryBefore = await the.gstdOf(the.treasury.address)
        const held = await network.balanceOf(the.account.address)
        const name = random.pick(Object.keys(acts))
        const sent = await acts[name]?.({ network, the, random })
        if (sent === undefined) throw new Error('an act that there is')
        const after = await accountState(the)
        expect(actionsDone(sent)).toBe(true)
        expect(sumOf(after)).toBe(await the.gstdOf(the.account.address))
        // it pays its rent, and nothing else; what comes with a stake fills that up
        const afterRentNano = held - rentOf(sent, the.account.address)
        const isFilledUp = name === 'stake' && afterRentNano < RENT_NANO
        expect(await network.balanceOf(the.account.address)).toBe(isFilledUp ? RENT_NANO : afterRentNano)
        if (refusalsIn(sent).length > 0) {
          expect(after).toEqual(before)
          continue
        }
        accepted.add(name)
        const now = nowSec(network)
        if (name === 'withdraw') expect(before.unbondedAtSec).toBeLessThanOrEqual(now)
        if (name === 'vetoSlash') expect(sumOf(after)).toBe(sumOf(before))
        const treasuryGot = (await the.gstdOf(the.treasury.address)) - treasuryBefore
        if (name === 'execute') {
          expect(before.pending?.executableAtSec).toBeLessThanOrEqual(now)
          expect(treasuryGot).toBe(sumOf(before) - sumOf(after))
        } else expect(treasuryGot).toBe(0n)
      }
      expect(accepted).toEqual(new Set(Object.keys(acts)))
    },
    120_000,
  )
})
