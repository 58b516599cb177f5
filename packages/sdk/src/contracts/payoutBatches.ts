import { type Address, beginCell, type Cell } from '@ton/core'
import { GstdError } from '../errors/GstdError.ts'
import { hexToInt, NO_HASH } from './cells.ts'

export type Payout = { address: Address; amountNano: bigint }

/** Payouts per batch: 255 actions fit in a transaction, three of them are event, reserve and change. */
export const MAX_PAYOUTS_PER_BATCH = 250

const ENTRIES_PER_CELL = 3

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

/** `payouts$_ count:uint2 entries:(count * (account:uint256 amount:uint64)) [next:^Payouts] = Payouts;` */
const payoutCell = (entries: readonly Payout[], next: Cell | undefined): Cell => {
  const builder = beginCell().storeUint(entries.length, 2)
  for (const { address, amountNano } of entries) {
    if (address.workChain !== 0) {
      throw new GstdError('CHAIN_STATE_INVALID', `payouts go to the basechain, not to ${address.toRawString()}`)
    }
    builder.storeBuffer(address.hash, 32).storeUint(amountNano, 64)
  }
  return (next === undefined ? builder : builder.storeRef(next)).endCell()
}

/**
 * Builds the hash-chained batches of an epoch: each names the hash of the next, the commit that of the first.
 *
 * `batch$_ next:uint256 payouts:^Payouts = Batch;`
 *
 * @returns `head` in hex, zeros for no payouts
 */
export const buildPayoutBatches = ({
  payouts,
  perBatch = MAX_PAYOUTS_PER_BATCH,
}: {
  payouts: readonly Payout[]
  perBatch?: number
}): { head: string; totalNano: bigint; batches: Cell[] } => {
  let head = NO_HASH
  const batches: Cell[] = []
  for (const group of chunks(payouts, perBatch).toReversed()) {
    let snake: Cell | undefined
    for (const entries of chunks(group, ENTRIES_PER_CELL).toReversed()) snake = payoutCell(entries, snake)
    if (snake === undefined) continue
    const batch = beginCell().storeUint(hexToInt(head), 256).storeRef(snake).endCell()
    batches.unshift(batch)
    head = batch.hash().toString('hex')
  }
  return { head, totalNano: payouts.reduce((sum, { amountNano }) => sum + amountNano, 0n), batches }
}
