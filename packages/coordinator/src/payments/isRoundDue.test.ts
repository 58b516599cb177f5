import { expect, it } from 'vitest'
import { isRoundDue } from './isRoundDue.ts'

const NOW = 1_800_000_000_000
const EPOCH_MS = 1000

const due = (
  waited: { ms: number; owed: string }[],
  { amount, more = false }: { amount?: string; more?: boolean } = {},
) =>
  isRoundDue(
    waited.map(({ ms, owed }, index) => ({ requester: String(index), since: NOW - ms, owed })),
    { epoch_ms: EPOCH_MS, epoch_amount_nano: amount },
    NOW,
    async () => more,
  )

it('begins after an epoch, and with tasks under way after twelve', async () => {
  expect(await due([])).toBe(false)
  expect(await due([{ ms: EPOCH_MS - 1, owed: '1' }])).toBe(false)
  expect(await due([{ ms: EPOCH_MS, owed: '1' }])).toBe(true)
  expect(
    await due([
      { ms: 0, owed: '1' },
      { ms: EPOCH_MS, owed: '1' },
    ]),
  ).toBe(true)
  expect(await due([{ ms: 12 * EPOCH_MS - 1, owed: '1' }], { more: true })).toBe(false)
  expect(await due([{ ms: 12 * EPOCH_MS, owed: '1' }], { more: true })).toBe(true)
})

it('begins at once when all requesters together owe the amount', async () => {
  const fresh = [
    { ms: 0, owed: '60' },
    { ms: 0, owed: '39' },
  ]
  expect(await due(fresh, { amount: '100', more: true })).toBe(false)
  expect(await due([...fresh, { ms: 0, owed: '1' }], { amount: '100', more: true })).toBe(true)
  expect(await due([{ ms: 0, owed: '9007199254740993' }], { amount: '9007199254740993' })).toBe(true)
  expect(await due([{ ms: 0, owed: '9007199254740992' }], { amount: '9007199254740993' })).toBe(false)
  expect(await due([], { amount: '0' })).toBe(false)
})
