import { Address, type Cell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { uncommitOf } from './chainForTests/guardMessages.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, pass } from './chainForTests/openTestNetwork.ts'
import { chargeOf, type CommitOptions, commitOf, vaultState } from './chainForTests/signedMessages.ts'
import { actionsDone, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

const WEEK_SEC = 7 * 24 * HOUR_SEC
const first = { address: Address.parseRaw(`0:${'d1'.repeat(32)}`), amountNano: toNano('0.4') }
const second = { address: Address.parseRaw(`0:${'d2'.repeat(32)}`), amountNano: toNano('0.3') }

describe.each(allPriceSets)('uncommitting at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  const charge = async () => {
    const { network, requester } = opened()
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester))
  }
  const commit = async (options: CommitOptions) => {
    const { network } = opened()
    const message = await commitOf(network, options)
    expect(refusalsIn(await network.vault.sendCommit(network.operator.getSender(), message))).toEqual([])
    return message
  }
  const exec = async (batch: Cell | undefined) => {
    if (batch === undefined) throw new Error('a commit without that batch')
    const { network } = opened()
    return refusalsIn(await network.vault.sendExec(network.operator.getSender(), { batch, payouts: 2 }))
  }

  it('owes what a batch cannot pay, and never executes that batch again', async () => {
    const { network } = opened()
    await charge()
    // the second batch pays a nano more than is left
    const short = {
      payouts: [first, second],
      perBatch: 1,
      totalNano: toNano('0.7') - 1n,
      reputationRoot: 'ee'.repeat(32),
    }
    const { batches } = await commit(short)
    pass(network, CHALLENGE_SEC)
    expect(await exec(batches[0])).toEqual([])
    expect(await exec(batches[1])).toEqual(['OVER_COMMITTED'])
    const before = await vaultState(network)
    const held = await network.balanceOf(network.vault.address)
    pass(network, WEEK_SEC)
    const message = await uncommitOf(network)
    const sent = await network.vault.sendUncommit(network.operator.getSender(), message)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    const remainingNano = toNano('0.3') - 1n
    expect(await vaultState(network)).toEqual({
      ...before,
      owedNano: before.owedNano + remainingNano,
      current: { next: '0'.repeat(64), remainingNano: 0n, validFromSec: 0 },
    })
    expect(held - (await network.balanceOf(network.vault.address))).toBeLessThan(toNano('0.01'))
    const body = sent.externals[0]?.body.beginParse()
    expect([body?.loadUint(32), body?.loadUint(32)]).toEqual([0x475600e6, 1])
    expect([body?.loadUintBig(256).toString(16).padStart(64, '0'), body?.loadCoins()]).toEqual([
      before.current.next,
      remainingNano,
    ])
    expect(await exec(batches[1])).toEqual(['NOTHING_TO_EXECUTE'])
    expect(refusalsIn(await network.vault.sendUncommit(network.operator.getSender(), message))).toEqual([
      'NOTHING_TO_EXECUTE',
    ])
    // the next epoch pays all of it, and nothing is left
    const rest = await commit({ payouts: [{ ...second, amountNano: toNano('0.6') }] })
    pass(network, CHALLENGE_SEC)
    expect(await exec(rest.batches[0])).toEqual([])
    expect(await vaultState(network)).toMatchObject({ owedNano: 0n, fundedNextNano: 0n, paidNano: toNano('1') })
  })

  it('gives nothing of it back to requesters', async () => {
    const { network, requester } = opened()
    await charge()
    await commit({ payouts: [first], totalNano: toNano('0.4') - 1n })
    pass(network, CHALLENGE_SEC + WEEK_SEC)
    await network.vault.sendUncommit(network.operator.getSender(), await uncommitOf(network))
    pass(network, 2 * WEEK_SEC)
    const sent = await requester.escrow.sendReclaim(requester.owner.getSender(), { epoch: 1 })
    expect(refusalsIn(sent)).toEqual(['WRONG_EPOCH'])
    expect(await vaultState(network)).toMatchObject({ owedNano: toNano('1'), fundedNextNano: 0n })
  })
})
