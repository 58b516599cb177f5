import { expect, it } from 'vitest'
import { MAX_PAYOUTS_PER_BATCH } from './payoutBatches.ts'
import { payoutBatchesOf } from './settlementBodies.ts'
import { batchOfRemainder, unpaidPayouts } from './unpaidPayouts.ts'

const payouts = Array.from({ length: 2 * MAX_PAYOUTS_PER_BATCH + 7 }, (_, index) => ({
  address: `0:${index.toString(16).padStart(64, '0')}`,
  amount_nano: String(index + 1),
}))
const sum = (from: number): bigint =>
  payouts.slice(from).reduce((total, { amount_nano }) => total + BigInt(amount_nano), 0n)

it('names what is left from each batch on, and finds the batch by the sum', () => {
  const hashes = payoutBatchesOf({ payouts }).batches.map((batch) => batch.hash().toString('hex'))
  expect(hashes).toHaveLength(3)
  for (const [index, hash] of hashes.entries()) {
    const from = index * MAX_PAYOUTS_PER_BATCH
    expect(unpaidPayouts({ payouts }, hash)).toEqual(payouts.slice(from))
    expect(batchOfRemainder({ payouts }, sum(from))).toBe(hash)
  }
})

it('knows no other batch, and no other sum', () => {
  expect(unpaidPayouts({ payouts }, 'ab'.repeat(32))).toBeUndefined()
  expect(batchOfRemainder({ payouts }, sum(0) - 1n)).toBeUndefined()
  expect(batchOfRemainder({ payouts: [] }, 5n)).toBeUndefined()
})
