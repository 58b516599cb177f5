import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Cell, loadMessage } from '@ton/core'
import type { BlockChanges, Ledger } from '../ledger/openLedger.ts'
import { type LedgerTransaction, messagesOf, rootOf } from '../ledger/ledgerTransaction.ts'
import type { Emulator } from './emulator.ts'
import { mintMessage } from './mintMessage.ts'
import type { MessageQueue, QueuedMessage } from './messageQueue.ts'

/** Distance between the logical times of transactions, as in TON's blocks; the messages of one lie in between. */
const LT_STEP = 1_000_000n

type Destination = { address: string; createdLt: bigint }

const destinationOf = (message: Cell): Destination | undefined => {
  const { info } = loadMessage(message.beginParse())
  if (info.type === 'external-out') return undefined
  return { address: info.dest.toRawString(), createdLt: info.type === 'internal' ? info.createdLt : 0n }
}

export type ProduceBlockOptions = {
  ledger: Ledger
  emulator: Emulator
  queue: MessageQueue
  nowSec: number
  /** After this long what is left in the queue waits for the next block. */
  budgetMs: number
  /** Told of a message that the emulator could not process; it is dropped. */
  onDropped: (reason: unknown) => void
}

/** A block that is not written yet, and the messages it took: `lt` of their transactions where they led to one. */
export type ProducedBlock = {
  changes: BlockChanges
  taken: readonly { message: QueuedMessage; lt: bigint | undefined }[]
}

/**
 * Delivers queued messages, and those that they lead to, until the queue is empty or the budget is spent. The thread
 * is given up between messages.
 */
export const produceBlock = async (options: ProduceBlockOptions): Promise<ProducedBlock> => {
  const { ledger, emulator, queue, nowSec, budgetMs, onDropped } = options
  const { seqno: lastSeqno, endLt } = ledger.lastBlock()
  const seqno = lastSeqno + 1
  const accounts = new Map<string, string>()
  const transactions: LedgerTransaction[] = []
  const taken: { message: QueuedMessage; lt: bigint | undefined }[] = []
  const sent = new Map<bigint, Cell>()
  const delivered: bigint[] = []
  let lt = endLt

  const deliver = async (queued: QueuedMessage): Promise<bigint | undefined> => {
    const message = queued.kind === 'mint' ? mintMessage(queued, (lt += LT_STEP), nowSec) : queued.cell
    const destination = destinationOf(message)
    if (destination === undefined) return undefined
    const { address, createdLt } = destination
    lt += LT_STEP
    const run = await emulator.run({ account: accounts.get(address) ?? ledger.account(address), message, nowSec, lt })
    // An external message that was acceptable when it came may not be any more: it is dropped, as on every network.
    if (!run.accepted) {
      if (queued.kind !== 'external') onDropped(new Error(run.reason))
      return undefined
    }
    const transaction = rootOf(run.transaction)
    accounts.set(address, run.account)
    transactions.push({ lt, account: address, hash: transaction.hash(), seqno, inLt: createdLt, boc: run.transaction })
    for (const cell of messagesOf(transaction).outgoing) {
      const next = destinationOf(cell)
      if (next === undefined) continue
      sent.set(next.createdLt, cell)
      queue.push({ kind: 'internal', cell, lt: next.createdLt })
    }
    return lt
  }

  const untilMs = performance.now() + budgetMs
  for (let message = queue.shift(); message !== undefined;) {
    try {
      taken.push({ message, lt: await deliver(message) })
    } catch (thrown) {
      taken.push({ message, lt: undefined })
      onDropped(thrown)
    }
    if (message.kind === 'internal' && !sent.delete(message.lt)) delivered.push(message.lt)
    await nextTurn()
    message = performance.now() < untilMs ? queue.shift() : undefined
  }
  const left = [...sent].map(([createdLt, cell]) => ({ lt: createdLt, cell }))
  return { changes: { seqno, nowSec, endLt: lt, transactions, accounts, delivered, sent: left }, taken }
}
