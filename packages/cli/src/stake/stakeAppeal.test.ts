import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attachNano, executeSlash } from '@gstd/sdk/contracts'
import { toNano } from '@ton/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readGstd } from '../chain/readGstd.ts'
import { EVIDENCE, openStakeBench, type Owner, refused, type StakeBench } from './openStakeBench.testing.ts'

const SLASH_DELAY_SEC = 72 * 3600

let bench: StakeBench
let owner: Owner
beforeAll(async () => {
  bench = await openStakeBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  owner = await bench.newOwner()
})

describe('a pending slash', () => {
  it('locks, is shown with its appeal, and gives back what the guardian vetoes', async () => {
    await owner.stake('deposit', '5')
    expect(await owner.stake('appeal', '--hash', EVIDENCE)).toMatchObject(refused('SLASH_NOT_OPEN'))
    await owner.stake('withdraw', '2')
    await owner.lock(toNano('4'), 'malicious_behavior')
    const shown = await owner.stake('show')
    const locked = {
      slash_seq: 1,
      amount_nano: '4000000000',
      from_stake_nano: '3000000000',
      from_unbonding_nano: '1000000000',
      reason: 'malicious_behavior',
      evidence_hash: EVIDENCE,
    }
    expect(shown.data).toMatchObject({
      stake_nano: '0',
      unbonding_nano: '1000000000',
      slash: { ...locked, appeal_hash: null },
      uncounted_nano: '0',
    })
    const all = await owner.stake('withdraw', 'all')
    expect(all).toMatchObject(refused('STAKE_INSUFFICIENT', { locked_nano: '4000000000' }))
    expect(JSON.stringify(all.data)).toContain('slash 1 (malicious_behavior) has locked 4 GSTD')

    const folder = join(bench.stateDir, 'appeals')
    await mkdir(folder)
    const file = join(folder, 'appeal.md')
    await writeFile(file, 'The evidence is of another device.')
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    expect(await owner.stake('appeal', file)).toMatchObject({ code: 0, data: { appeal_hash: hash, replaced: null } })
    expect((await owner.stake('show')).data).toMatchObject({ slash: { ...locked, appeal_hash: hash } })
    const again = await owner.stake('appeal', '--hash', EVIDENCE)
    expect(again).toMatchObject({ code: 0, data: { appeal_hash: EVIDENCE, replaced: hash } })
    for (const words of [[], [file, '--hash', hash], ['--hash', '00'.repeat(32)], [folder], [`${file}.gone`]]) {
      expect(await owner.stake('appeal', ...words)).toMatchObject(refused('USAGE_INVALID'))
    }
    await owner.veto(1)
    expect((await owner.stake('show')).data).toMatchObject({
      stake_nano: '3000000000',
      unbonding_nano: '2000000000',
      slash: null,
      slashes_executed: 0,
    })
  })

  it('cannot be appealed after 72 h, when anybody executes it', async () => {
    await owner.stake('deposit', '5')
    await owner.lock(toNano('1'), 'repeated_failures')
    await bench.devnet.advance(SLASH_DELAY_SEC)
    expect(await owner.stake('appeal', '--hash', EVIDENCE)).toMatchObject(refused('SLASH_NOT_OPEN', { slash_seq: 1 }))
    const treasury = bench.network.treasury ?? ''
    const before = await readGstd(bench.chain, bench.network.gstd_master, treasury)
    await bench.send(bench.operator, [owner.account], attachNano.gstdTransfer, (queryId) => executeSlash({ queryId }))
    const gained = async () => (await readGstd(bench.chain, bench.network.gstd_master, treasury)) - before
    await expect.poll(gained, { timeout: 20_000 }).toBe(1_000_000_000n)
    expect((await owner.stake('show')).data).toMatchObject({
      stake_nano: '4000000000',
      slash: null,
      slashes_executed: 1,
    })
  })
})
