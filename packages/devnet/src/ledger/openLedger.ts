import type { SQLOutputValue } from 'node:sqlite'
import { GstdError } from '@gstd/sdk'
import type { Cell } from '@ton/core'
import { NO_ACCOUNT } from '../chain/shardAccount.ts'
import { type LedgerTransaction, rootOf } from './ledgerTransaction.ts'
import { openDatabase } from './openDatabase.ts'

export type BlockRow = { seqno: number; nowSec: number; endLt: bigint }

/** A message between contracts that no block has delivered yet, by the logical time at which it was made. */
export type PendingMessage = { lt: bigint; cell: Cell }

/** What a block changes, as one step. */
export type BlockChanges = BlockRow & {
  transactions: readonly LedgerTransaction[]
  /** `ShardAccount`s as base64 BoCs, by raw address. */
  accounts: ReadonlyMap<string, string>
  delivered: readonly bigint[]
  sent: readonly PendingMessage[]
}

/** The chain as its blocks have left it. */
export type Ledger = {
  /** Whether the chain was there before. */
  readonly restored: boolean
  lastBlock(): BlockRow
  block(seqno: number): BlockRow | undefined
  /** @returns the first block whose logical time reaches `lt` */
  blockOfLt(lt: bigint): BlockRow | undefined
  /** @returns the last block at or before a time in unix seconds */
  blockOfTime(sec: number): BlockRow | undefined
  transactionsOf(seqno: number): LedgerTransaction[]
  /** @returns the account's `ShardAccount` as base64 BoC */
  account(address: string): string
  /** @returns an account's transactions with `afterLt` < lt ≤ `fromLt`, newest first */
  page(options: { account: string; fromLt: bigint; afterLt: bigint; limit: number }): LedgerTransaction[]
  /** @returns the transaction that the message made at a logical time has led to */
  resultOf(createdLt: bigint): LedgerTransaction | undefined
  pending(): PendingMessage[]
  /** How far the chain's time is ahead of the machine's. */
  aheadSec(): number
  setAheadSec(seconds: number): void
  /**
   * Writes a block: all of it or, when the process is killed, nothing.
   *
   * @throws GstdError `INTERNAL_ERROR` when the disk does not take it
   */
  commit(changes: BlockChanges): void
  close(): void
}

type Row = Record<string, SQLOutputValue>

/** A column that the schema makes an integer, a text, a blob. */
const integer = (row: Row, column: string): bigint => row[column] as bigint
const text = (row: Row, column: string): string => row[column] as string
const blob = (row: Row, column: string): Buffer => Buffer.from(row[column] as Uint8Array)

const toBlock = (row: Row): BlockRow => ({
  seqno: Number(integer(row, 'seqno')),
  nowSec: Number(integer(row, 'now_sec')),
  endLt: integer(row, 'end_lt'),
})

const toTransaction = (row: Row): LedgerTransaction => ({
  lt: integer(row, 'lt'),
  account: text(row, 'account'),
  hash: blob(row, 'hash'),
  seqno: Number(integer(row, 'seqno')),
  inLt: integer(row, 'in_lt'),
  boc: blob(row, 'boc'),
})

/**
 * Opens the chain in a folder, and begins it when it is not there.
 *
 * @param directory - undefined keeps the chain in memory
 * @param globalId - the network's; a chain belongs to one
 * @param nowSec - time of the first block of a new chain, unix seconds
 * @throws GstdError `STATE_LOCKED`, `STATE_CORRUPT`, `CONFIG_INVALID` when the chain has another global id
 */
export const openLedger = (directory: string | undefined, globalId: number, nowSec: number): Ledger => {
  const database = openDatabase(directory)
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }
  const begun = database.prepare('INSERT OR IGNORE INTO chain VALUES (1, ?, 0)').run(globalId)
  database.prepare('INSERT INTO blocks SELECT 1, ?, 0 WHERE NOT EXISTS (SELECT 1 FROM blocks)').run(nowSec)
  const known = Number(prepare('SELECT global_id FROM chain').get()?.['global_id'])
  if (known !== globalId) {
    database.close()
    throw new GstdError('CONFIG_INVALID', `the chain in ${directory} has the global id ${known}, not ${globalId}`)
  }

  const lastBlock = prepare('SELECT * FROM blocks ORDER BY seqno DESC LIMIT 1')
  const block = prepare('SELECT * FROM blocks WHERE seqno = ?')
  const blockOfLt = prepare('SELECT * FROM blocks WHERE end_lt >= ? ORDER BY seqno LIMIT 1')
  const blockOfTime = prepare('SELECT * FROM blocks WHERE now_sec <= ? ORDER BY seqno DESC LIMIT 1')
  const transactionsOf = prepare('SELECT * FROM transactions WHERE seqno = ? ORDER BY lt')
  const account = prepare('SELECT state FROM accounts WHERE address = ?')
  const page = prepare('SELECT * FROM transactions WHERE account = ? AND lt <= ? AND lt > ? ORDER BY lt DESC LIMIT ?')
  const resultOf = prepare('SELECT * FROM transactions WHERE in_lt > 0 AND in_lt = ?')
  const pending = prepare('SELECT * FROM pending ORDER BY lt')
  const aheadSec = prepare('SELECT ahead_sec FROM chain')
  const setAheadSec = prepare('UPDATE chain SET ahead_sec = ?')
  const insertBlock = prepare('INSERT INTO blocks VALUES (?, ?, ?)')
  const insertTransaction = prepare('INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?)')
  const upsertAccount = prepare('INSERT INTO accounts VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state')
  const insertPending = prepare('INSERT INTO pending VALUES (?, ?)')
  const deletePending = prepare('DELETE FROM pending WHERE lt = ?')

  const first = <Value>(row: Row | undefined, convert: (row: Row) => Value): Value | undefined =>
    row === undefined ? undefined : convert(row)
  const write = ({ seqno, nowSec: now, endLt, transactions, accounts, delivered, sent }: BlockChanges): void => {
    insertBlock.run(seqno, now, endLt)
    for (const { lt, account: address, hash, inLt, boc } of transactions) {
      insertTransaction.run(lt, address, hash, seqno, inLt, boc)
    }
    for (const [address, state] of accounts) upsertAccount.run(address, state)
    for (const { lt, cell } of sent) insertPending.run(lt, cell.toBoc())
    for (const lt of delivered) deletePending.run(lt)
  }

  let last = toBlock(lastBlock.get() ?? {})
  return {
    restored: begun.changes === 0,
    lastBlock: () => last,
    block: (seqno) => first(block.get(seqno), toBlock),
    blockOfLt: (lt) => first(blockOfLt.get(lt), toBlock),
    blockOfTime: (sec) => first(blockOfTime.get(sec), toBlock),
    transactionsOf: (seqno) => transactionsOf.all(seqno).map(toTransaction),
    account: (address) => first(account.get(address), (row) => text(row, 'state')) ?? NO_ACCOUNT,
    page: ({ account: address, fromLt, afterLt, limit }) =>
      page.all(address, fromLt, afterLt, limit).map(toTransaction),
    resultOf: (createdLt) => first(resultOf.get(createdLt), toTransaction),
    pending: () => pending.all().map((row) => ({ lt: integer(row, 'lt'), cell: rootOf(blob(row, 'boc')) })),
    aheadSec: () => Number(aheadSec.get()?.['ahead_sec']),
    setAheadSec: (seconds) => {
      setAheadSec.run(seconds)
    },
    commit: (changes) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        write(changes)
        database.exec('COMMIT')
      } catch (cause) {
        // SQLite has rolled back by itself where the disk is full.
        if (database.isTransaction) database.exec('ROLLBACK')
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new GstdError('INTERNAL_ERROR', `a block of the devnet’s chain cannot be written: ${reason}`, {
          hint: 'look at the disk: the chain goes on from its last block once it can be written again',
          cause,
        })
      }
      last = { seqno: changes.seqno, nowSec: changes.nowSec, endLt: changes.endLt }
    },
    close: () => database.close(),
  }
}
