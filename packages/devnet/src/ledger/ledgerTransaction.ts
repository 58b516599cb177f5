import { Cell, Dictionary } from '@ton/core'

/** A transaction as the ledger keeps it. */
export type LedgerTransaction = {
  lt: bigint
  /** Raw address. */
  account: string
  hash: Buffer
  seqno: number
  /** Logical time at which its message was made; 0 for a message from outside. */
  inLt: bigint
  boc: Buffer
}

/** @returns the one cell that a BoC has */
export const rootOf = (boc: Buffer): Cell => {
  const [root] = Cell.fromBoc(boc)
  if (root === undefined) throw new Error('the BoC is empty')
  return root
}

/**
 * Takes the messages out of a transaction as they were hashed: storing a parsed message again may lay it out anew.
 *
 * @see https://github.com/ton-blockchain/ton/blob/master/crypto/block/block.tlb `transaction$0111`
 */
export const messagesOf = (transaction: Cell): { incoming: Cell | undefined; outgoing: Cell[] } => {
  const messages = transaction.beginParse().loadRef().beginParse()
  const incoming = messages.loadMaybeRef() ?? undefined
  const outgoing = messages.loadDict(Dictionary.Keys.Uint(15), Dictionary.Values.Cell())
  return { incoming, outgoing: [...outgoing].toSorted(([a], [b]) => a - b).map(([, cell]) => cell) }
}
