import { attachNano, unbond } from '@gstd/sdk/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStakeBench, type Owner, refused, type StakeBench } from './openStakeBench.testing.ts'

const DAY_SEC = 86_400

let bench: StakeBench
let owner: Owner
beforeAll(async () => {
  bench = await openStakeBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  owner = await bench.newOwner()
})

describe('gstd stake withdraw', () => {
  it('unbonds for 7 days, and pays out then, once', async () => {
    await owner.stake('deposit', '5')
    const begun = await owner.stake('withdraw', '2')
    expect(begun).toMatchObject({
      code: 0,
      data: { step: 'unbonding', withdrawn_nano: '2000000000', stake_nano: '3000000000', unbonding_nano: '2000000000' },
    })
    const untilSec = Number(begun.data['unbonded_at_sec'])
    expect(untilSec - (await bench.chain.nowSec(owner.address))).toBeGreaterThan(7 * DAY_SEC - 60)
    expect(await owner.stake('withdraw', '--claim')).toMatchObject(
      refused('STAKE_UNBONDING', { unbonded_at_sec: untilSec }),
    )
    expect(await owner.stake('withdraw', 'all')).toMatchObject(
      refused('STAKE_UNBONDING', { unbonded_at_sec: untilSec }),
    )
    await bench.devnet.advance(7 * DAY_SEC)
    const next = `gstd stake withdraw --claim --wallet ${owner.name}`
    expect(await owner.stake('withdraw', 'all')).toMatchObject(refused('STAKE_UNBONDING', { next }))
    const before = await owner.gstd()
    expect(await owner.stake('withdraw', '--claim')).toMatchObject({
      code: 0,
      data: { step: 'paid', paid_nano: '2000000000', to: owner.address },
    })
    expect(await owner.gstd()).toBe(before + 2_000_000_000n)
    expect(await owner.stake('withdraw', '--claim')).toMatchObject(refused('STAKE_INSUFFICIENT'))
  })

  it('starts the 7 days of both anew when it is told to', async () => {
    await owner.stake('deposit', '5')
    const first = Number((await owner.stake('withdraw', '1')).data['unbonded_at_sec'])
    await bench.devnet.advance(3 * DAY_SEC)
    const second = await owner.stake('withdraw', 'all', '--restart')
    expect(second).toMatchObject({ code: 0, data: { stake_nano: '0', unbonding_nano: '5000000000' } })
    expect(Number(second.data['unbonded_at_sec'])).toBeGreaterThanOrEqual(first + 3 * DAY_SEC)
  })

  it('tells what the account itself refuses', async () => {
    await owner.stake('deposit', '1')
    const foreign = (queryId: bigint) => unbond({ queryId, amountNano: 1n })
    const sent = bench.send(bench.operator, [owner.account], attachNano.account, foreign)
    await expect(sent).rejects.toMatchObject({ code: 'CONTRACT_REFUSED', details: { refusal: 'NOT_OWNER' } })
  })

  it('refuses what is not staked, and flags that do not fit', async () => {
    expect(await owner.stake('withdraw', 'all')).toMatchObject(refused('STAKE_INSUFFICIENT', { stake_nano: '0' }))
    await owner.stake('deposit', '1')
    const more = await owner.stake('withdraw', '1.000000001')
    expect(more).toMatchObject(refused('STAKE_INSUFFICIENT', { stake_nano: '1000000000', needed_nano: '1000000001' }))
    for (const words of [[], ['1', '--claim'], ['--claim', '--restart'], ['some']]) {
      expect(await owner.stake('withdraw', ...words)).toMatchObject(refused('USAGE_INVALID'))
    }
  })
})
