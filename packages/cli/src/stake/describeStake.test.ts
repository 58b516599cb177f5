import { stripVTControlCharacters } from 'node:util'
import type { AccountState } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { expect, it } from 'vitest'
import { createStyle } from '../output/style.ts'
import { describeStake } from './describeStake.ts'

const OPEN_UNTIL_SEC = 1_795_830_000
const owner = `0:${'1'.repeat(64)}`
const state: AccountState = {
  owner: Address.parseRaw(owner),
  vault: Address.parseRaw(`0:${'3'.repeat(64)}`),
  stakeNano: 0n,
  unbondingNano: 1_000_000_000n,
  unbondedAtSec: OPEN_UNTIL_SEC + 10,
  slashSeq: 3,
  slashes: 2,
  pending: {
    fromStakeNano: 3_000_000_000n,
    fromUnbondingNano: 1_000_000_000n,
    reason: 4,
    executableAtSec: OPEN_UNTIL_SEC,
    evidenceHash: 'e1'.repeat(32),
    appealHash: '0'.repeat(64),
  },
  devices: [
    { deviceId: 'ab'.repeat(16), deviceKey: 'cd'.repeat(32), reputation: 0.912345, updatedAtSec: OPEN_UNTIL_SEC },
    { deviceId: 'af'.repeat(16), deviceKey: 'ce'.repeat(32), reputation: 0, updatedAtSec: 0 },
  ],
}

const describeAt = (nowSec: number, changes: { state?: AccountState | undefined; uncountedNano?: bigint } = {}) => {
  const shown = { owner, account: `0:${'2'.repeat(64)}`, state, uncountedNano: 0n, nowSec, walletFlag: ' --wallet a' }
  const style = { ...createStyle(process.stdout), width: 80 }
  return stripVTControlCharacters(describeStake(style, { ...shown, ...changes }))
}

it('says until when a slash can be appealed, and what is left of unbonding', () => {
  const text = describeAt(OPEN_UNTIL_SEC - 1)
  expect(text).toContain('1 GSTD until 2026-11-28 01:40 UTC')
  expect(text).toContain('4 GSTD by slash 3: malicious_behavior')
  expect(text).toContain('3 from the stake, 1 from what was unbonding')
  expect(text).toContain('from 2026-11-28 01:40 UTC, unless the guardian vetoes it')
  expect(text).toContain('none; until then: gstd stake appeal FILE --wallet a')
  expect(text).not.toContain('not counted')
})

it('says what can be done from the second on in which it can be done', () => {
  const text = describeAt(OPEN_UNTIL_SEC)
  expect(text).toContain('by anybody, since 2026-11-28 01:40 UTC')
  expect(text).not.toContain('stake appeal')
  expect(text).not.toContain('--claim')
  expect(describeAt(OPEN_UNTIL_SEC + 10)).toContain('1 GSTD, free: gstd stake withdraw --claim --wallet a')
})

it('shows reputations that were proven, and GSTD that is not counted, in 80 columns', () => {
  const text = describeAt(OPEN_UNTIL_SEC, { uncountedNano: 7n })
  expect(text).toMatch(/abab\s+cdcdcdcdcdcdcdcd…\s+0\.912345\s+2026-11-28/)
  expect(text).toMatch(/afaf\s+cececececececece…\s+–\s+never/)
  expect(text).toContain('0.000000007 GSTD: on its way, or sent with too little TON')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

it('shows nothing of an owner without an account', () => {
  expect(describeAt(0, { state: undefined })).toMatch(/not deployed yet.*\nstaked +0 GSTD\nunbonding +0 GSTD$/)
})
