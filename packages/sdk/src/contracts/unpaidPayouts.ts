import type { LogBody, Payout } from '../log/entries.ts'
import { MAX_PAYOUTS_PER_BATCH } from './payoutBatches.ts'
import { payoutBatchesOf } from './settlementBodies.ts'

type Batched = Pick<LogBody<'commit'>, 'payouts'>

/** @returns the hashes of a commit's batches in the order of their execution, with the payouts of each and all after it. */
const remaindersOf = (commit: Batched): { next: string; unpaid: Payout[] }[] =>
  payoutBatchesOf(commit).batches.map((batch, index) => ({
    next: batch.hash().toString('hex'),
    unpaid: commit.payouts.slice(index * MAX_PAYOUTS_PER_BATCH),
  }))

/**
 * @param next - the batch that the vault waited for, in hex
 * @returns what a commit did not pay when it ended there; undefined when it has no such batch
 */
export const unpaidPayouts = (commit: Batched, next: string): Payout[] | undefined =>
  remaindersOf(commit).find((remainder) => remainder.next === next)?.unpaid

/** @returns the batch from which on a commit's payouts have a sum, in hex; undefined when none has. */
export const batchOfRemainder = (commit: Batched, remainderNano: bigint): string | undefined =>
  remaindersOf(commit).find(
    ({ unpaid }) => unpaid.reduce((sum, { amount_nano }) => sum + BigInt(amount_nano), 0n) === remainderNano,
  )?.next
