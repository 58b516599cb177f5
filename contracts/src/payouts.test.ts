import { buildPayoutBatches, exec as execCell, type Payout } from '@gstd/sdk/contracts'
import { beginCell, type Cell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { allPriceSets, CHALLENGE_SEC, pass } from './chainForTests/openTestNetwork.ts'
import { chargeOf, commitOf, type CommitOptions, vaultState } from './chainForTests/signedMessages.ts'
import { actionsDone, feesOf, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'
import { findLeastValue } from './costs/findLeastValue.ts'
import { payoutsTo } from './costs/measureCosts.ts'

/** What fits beside event, reserve and change. */
const MOST_PAYOUTS = 252

describe.each(allPriceSets)('payouts at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  /** Charges 1 TON, commits it, and lets the window pass. */
  const commit = async (options: CommitOptions) => {
    const { network, requester } = opened()
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester))
    const message = await commitOf(network, options)
    const sent = await network.vault.sendCommit(network.operator.getSender(), message)
    if (refusalsIn(sent).length > 0) throw new Error(`refused: ${refusalsIn(sent).join()}`)
    pass(network, CHALLENGE_SEC)
    return message.batches
  }
  /** Commits to a batch, and to a total that is not its sum. */
  const commitWrongly = async (payouts: readonly Payout[], totalNano: bigint) => {
    const [batch] = await commit({ payouts, totalNano })
    if (batch === undefined) throw new Error('one batch')
    return batch
  }
  const exec = (batch: Cell, payouts = 250, valueNano?: bigint) => {
    const { network } = opened()
    const value = valueNano === undefined ? {} : { valueNano }
    return network.vault.sendExec(network.operator.getSender(), { batch, payouts, ...value })
  }
  const received = (payouts: readonly Payout[]) =>
    Promise.all(payouts.map(({ address }) => opened().network.balanceOf(address)))

  it.each([1, 2, 250])('pays %i undeployed accounts to the nano, and its sender pays all fees', async (count) => {
    const { network } = opened()
    const payouts = payoutsTo(count)
    const [batch, ...others] = await commit({ payouts })
    if (batch === undefined) throw new Error('one batch')
    expect(others).toEqual([])
    const sum = payouts.reduce((total, { amountNano }) => total + amountNano, 0n)
    const vaultBefore = await network.balanceOf(network.vault.address)
    const operatorBefore = await network.balanceOf(network.operator.address)
    const sent = await exec(batch, count)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect(await received(payouts)).toEqual(payouts.map(({ amountNano }) => amountNano))
    const rent = rentOf(sent, network.vault.address)
    expect(await network.balanceOf(network.vault.address)).toBe(vaultBefore - sum - rent)
    expect(await network.balanceOf(network.operator.address)).toBe(operatorBefore - (feesOf(sent) - rent))
    expect(await vaultState(network)).toMatchObject({ paidNano: sum, current: { remainingNano: 0n } })
  })

  it('leaves its payout with an account that refuses it, and pays the others', async () => {
    const { network, requester } = opened()
    const refusing = { address: requester.escrow.address, amountNano: toNano('0.3') }
    const [other] = payoutsTo(1)
    if (other === undefined) throw new Error('one payout')
    const [batch] = await commit({ payouts: [refusing, other] })
    if (batch === undefined) throw new Error('one batch')
    const before = await network.balanceOf(refusing.address)
    const sent = await exec(batch, 2)
    // what the escrow throws at a message that it does not know
    expect(refusalsIn(sent)).toEqual([0xffff])
    expect(await received([other])).toEqual([other.amountNano])
    expect(await network.balanceOf(refusing.address)).toBeGreaterThan(before + toNano('0.29'))
    expect(await vaultState(network)).toMatchObject({ current: { remainingNano: 0n } })
    expect(refusalsIn(await exec(batch, 2))).toEqual(['NOTHING_TO_EXECUTE'])
  })

  it('pays chained batches in their order only, and each once', async () => {
    const { network } = opened()
    const payouts = payoutsTo(7)
    const batches = await commit({ payouts, perBatch: 3 })
    const [first, second, third] = batches
    if (first === undefined || second === undefined || third === undefined) throw new Error('three batches')
    expect(refusalsIn(await exec(second))).toEqual(['WRONG_BATCH'])
    for (const batch of batches) {
      expect(refusalsIn(await exec(batch, 3))).toEqual([])
      expect(refusalsIn(await exec(batch, 3))).toEqual([batch === third ? 'NOTHING_TO_EXECUTE' : 'WRONG_BATCH'])
    }
    expect(await received(payouts)).toEqual(payouts.map(({ amountNano }) => amountNano))
    expect((await vaultState(network)).paidNano).toBe(payouts.reduce((sum, { amountNano }) => sum + amountNano, 0n))
  })

  it('is executed by anyone', async () => {
    const { network, requester } = opened()
    const [batch] = await commit({ payouts: payoutsTo(1) })
    if (batch === undefined) throw new Error('one batch')
    expect(refusalsIn(await network.vault.sendExec(requester.owner.getSender(), { batch, payouts: 1 }))).toEqual([])
  })

  it('keeps the next commit out until the last batch is paid', async () => {
    const { network } = opened()
    const [first] = await commit({ payouts: payoutsTo(2), perBatch: 1 })
    if (first === undefined) throw new Error('two batches')
    await exec(first, 1)
    const next = await commitOf(network)
    expect(refusalsIn(await network.vault.sendCommit(network.operator.getSender(), next))).toEqual(['EPOCH_UNDER_WAY'])
  })

  it('is paid for by the least value even where its cells hold one payout each', async () => {
    const { network } = opened()
    const payouts = payoutsTo(60)
    const cells = payouts.map(({ address, amountNano }) =>
      beginCell().storeUint(1, 2).storeBuffer(address.hash, 32).storeUint(amountNano, 64),
    )
    const snake = cells.reduceRight((rest, cell) => cell.storeRef(rest))
    const batch = beginCell().storeUint(0, 256).storeRef(snake).endCell()
    const totalNano = payouts.reduce((sum, { amountNano }) => sum + amountNano, 0n)
    await commit({ head: batch.hash().toString('hex'), totalNano })
    const [from, to] = [network.operator.address, network.vault.address]
    const sent = await exec(batch, 60, await findLeastValue(network, { from, to, body: execCell({ batch }) }))
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect(await received(payouts)).toEqual(payouts.map(({ amountNano }) => amountNano))
  })

  it('pays the most that fit into a transaction', async () => {
    const payouts = payoutsTo(MOST_PAYOUTS)
    const [batch] = await commit({ payouts, perBatch: MOST_PAYOUTS })
    if (batch === undefined) throw new Error('one batch')
    const sent = await exec(batch, MOST_PAYOUTS)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect(await received(payouts)).toEqual(payouts.map(({ amountNano }) => amountNano))
  })

  it('refuses one payout more', async () => {
    const { head, batches, totalNano } = buildPayoutBatches({
      payouts: payoutsTo(MOST_PAYOUTS + 1),
      perBatch: MOST_PAYOUTS + 1,
    })
    const [batch] = batches
    if (batch === undefined) throw new Error('one batch')
    await commit({ head, totalNano })
    expect(refusalsIn(await exec(batch, MOST_PAYOUTS + 1))).toEqual(['WRONG_BATCH'])
    expect((await vaultState(opened().network)).paidNano).toBe(0n)
  })

  it('pays nothing of a batch whose sums differ from the commit', async () => {
    const { network } = opened()
    const batch = await commitWrongly(payoutsTo(2), 2_000_000n)
    expect(refusalsIn(await exec(batch, 2))).toEqual(['OVER_COMMITTED'])
    expect(await received(payoutsTo(2))).toEqual([0n, 0n])
    expect((await vaultState(network)).current.remainingNano).toBe(2_000_000n)
  })

  it('pays nothing of a last batch that leaves something over', async () => {
    const batch = await commitWrongly(payoutsTo(2), 3_000_000n)
    expect(refusalsIn(await exec(batch, 2))).toEqual(['SUMS_DIFFER'])
    expect(await received(payoutsTo(2))).toEqual([0n, 0n])
  })

  it('pays nothing where the gas runs out', async () => {
    const { network } = opened()
    const payouts = payoutsTo(250)
    const [batch] = await commit({ payouts })
    if (batch === undefined) throw new Error('one batch')
    const before = await network.balanceOf(network.vault.address)
    const sent = await exec(batch, 250, toNano('0.01'))
    expect(refusalsIn(sent)).toEqual([-14])
    expect(await received(payouts)).toEqual(payouts.map(() => 0n))
    expect(before - (await network.balanceOf(network.vault.address))).toBeLessThan(toNano('0.0001'))
    expect(refusalsIn(await exec(batch, 250))).toEqual([])
  })
})
