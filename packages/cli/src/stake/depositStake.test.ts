import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attachNano } from '@gstd/sdk/contracts'
import { toNano } from '@ton/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readGstd } from '../chain/readGstd.ts'
import { deviceAccountOf } from './deviceAccountOf.ts'
import { EVIDENCE, openStakeBench, type Owner, refused, signal, type StakeBench } from './openStakeBench.testing.ts'
import { readStake } from './readStake.ts'

let bench: StakeBench
let owner: Owner
beforeAll(async () => {
  bench = await openStakeBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  owner = await bench.newOwner()
})

describe('gstd stake deposit', () => {
  it('deploys the account, and adds to it; all GSTD that the account holds is stake', async () => {
    const first = await owner.stake('deposit', '5')
    expect(first).toMatchObject({
      code: 0,
      data: { account: owner.account.toRawString(), owner: owner.address, stake_nano: '5000000000', is_new: true },
    })
    const second = await owner.stake('deposit', '0.000000001')
    expect(second).toMatchObject({ code: 0, data: { stake_nano: '5000000001', is_new: false } })
    expect(await readGstd(bench.chain, bench.network.gstd_master, owner.account.toRawString())).toBe(5_000_000_001n)
    expect(await owner.gstd()).toBe(toNano('95') - 1n)
    const shown = await owner.stake('show')
    expect(shown.data).toMatchObject({ deployed: true, stake_nano: '5000000001', uncounted_nano: '0', slash: null })
  })

  it('keeps 0.06 TON for rent with the first deposit, and takes little later', async () => {
    const before = await bench.chain.balance(owner.address)
    const spent = async () => before - (await bench.chain.balance(owner.address))
    await owner.stake('deposit', '1')
    await expect.poll(spent, { timeout: 20_000 }).toBeLessThan(toNano('0.08'))
    const afterFirst = await spent()
    await owner.stake('deposit', '1')
    await expect.poll(spent, { timeout: 20_000 }).toBeLessThan(afterFirst + toNano('0.01'))
  })

  it('sends nothing when GSTD or TON do not suffice', async () => {
    const next = { next: `gstd wallet create --fund --name ${owner.name}` }
    const poor = await owner.stake('deposit', '100.1')
    expect(poor).toMatchObject(refused('GSTD_INSUFFICIENT', { gstd_nano: '100000000000', ...next }))
    const { wallet } = owner
    const all = (await bench.chain.balance(owner.address)) - toNano('0.3')
    await bench.chain.send(wallet, [{ to: bench.operator.contract.address, value: all, bounce: false }], signal)
    const held = await bench.chain.balance(owner.address)
    expect(await owner.stake('deposit', '1')).toMatchObject(
      refused('WALLET_INSUFFICIENT', { needed_nano: '400000000', ...next }),
    )
    expect(await bench.chain.balance(owner.address)).toBe(held)
    expect(await bench.chain.isDeployed(owner.account.toRawString())).toBe(false)
  })

  it('goes on where it was ended after the account was opened', async () => {
    const contract = bench.chain.client.open(deviceAccountOf(bench.network, owner.address))
    await contract.sendOpen(owner.sender)
    const gstdWallet = async () => (await readStake(bench.chain, bench.network, owner.address)).gstdWallet
    await expect.poll(gstdWallet, { timeout: 20_000 }).toBeDefined()
    expect(await owner.stake('deposit', '2')).toMatchObject({
      code: 0,
      data: { stake_nano: '2000000000', is_new: false },
    })
  })

  it('refuses what is no amount', async () => {
    for (const amount of ['0', 'all', '1e3', '0.0000000001', '5 GSTD']) {
      const answer = await owner.stake('deposit', amount)
      expect(answer).toMatchObject(refused('USAGE_INVALID'))
      expect(JSON.stringify(answer.data)).toContain('is not an amount in GSTD')
    }
  })

  it('is not offered by a network without a treasury', async () => {
    const file = join(bench.stateDir, 'without.json')
    const { treasury: _treasury, ...rest } = bench.network
    await writeFile(file, JSON.stringify(rest))
    for (const words of [['deposit', '1'], ['show'], ['withdraw', 'all'], ['appeal', '--hash', EVIDENCE]]) {
      const answer = await owner.stake(...words, '--network', file)
      expect(answer).toMatchObject(refused('FEATURE_NOT_OFFERED', { feature: 'stake' }))
    }
  })
})

describe('at the prices before June 2026, six times as high', () => {
  let dear: StakeBench
  beforeAll(async () => {
    dear = await openStakeBench({ prices: '2025-12' })
  })
  afterAll(() => dear.close())

  it('a deposit attaches more than thirty times the TON with which GSTD counts', async () => {
    const staker = await dear.newOwner()
    expect(await staker.stake('deposit', '1')).toMatchObject({ code: 0, data: { stake_nano: '1000000000' } })
    const shown = async (field: string) => (await staker.stake('show')).data[field]
    await staker.transfer(5n, attachNano.stake / 30n)
    await expect.poll(() => shown('stake_nano'), { timeout: 30_000 }).toBe('1000000005')
    await staker.transfer(7n, attachNano.stake / 40n)
    await expect.poll(() => shown('uncounted_nano'), { timeout: 30_000 }).toBe('7')
    expect(await shown('stake_nano')).toBe('1000000005')
  })
})
