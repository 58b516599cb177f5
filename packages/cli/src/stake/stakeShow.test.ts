import { createSigner } from '@gstd/sdk'
import { attachNano, setDevice } from '@gstd/sdk/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStakeBench, type Owner, refused, type StakeBench } from './openStakeBench.testing.ts'

let bench: StakeBench
let owner: Owner
beforeAll(async () => {
  bench = await openStakeBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  owner = await bench.newOwner()
})

describe('gstd stake show', () => {
  it('shows nothing of an owner who never staked', async () => {
    const nobody = `0:${'7'.repeat(64)}`
    const shown = await bench.gstd(['stake', 'show', '--owner', nobody])
    expect(shown).toMatchObject({
      code: 0,
      data: {
        owner: nobody,
        deployed: false,
        stake_nano: '0',
        unbonding_nano: '0',
        unbonded_at_sec: null,
        slash: null,
        slashes_executed: 0,
        uncounted_nano: '0',
        devices: [],
      },
    })
    expect(await bench.gstd(['stake', 'show', '--owner', 'x'])).toMatchObject(refused('USAGE_INVALID'))
  })

  it('names the account’s devices, and GSTD that is no stake', async () => {
    await owner.stake('deposit', '3')
    const { wallet } = owner
    const deviceKey = createSigner('d0'.repeat(32)).publicKey
    const body = (queryId: bigint) => setDevice({ queryId, deviceKey, isAdded: true })
    await bench.send(wallet, [owner.account], attachNano.account, body)
    await owner.transfer(7n, 0n)
    await expect.poll(async () => (await owner.stake('show')).data['uncounted_nano'], { timeout: 30_000 }).toBe('7')
    expect((await owner.stake('show')).data).toMatchObject({
      stake_nano: '3000000000',
      devices: [{ public_key: deviceKey, reputation: null, proven_at_sec: null }],
    })
  })
})
