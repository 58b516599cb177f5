import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import type { LedgerTransaction } from '../ledger/ledgerTransaction.ts'
import type { BlockRow } from '../ledger/openLedger.ts'
import { blockId } from './blockId.ts'
import { defineMethod } from './method.ts'
import { integerParameter, ltParameter } from './parameters.ts'
import { notFound, unprocessable } from './toncenterError.ts'
import { transactionView } from './transactionView.ts'

const workchain = integerParameter.refine((value) => value === 0 || value === -1, 'no such workchain')
const seqno = integerParameter.refine((value) => value > 0 && value < 2 ** 31, 'no such seqno')
const shard = z.union([z.string(), z.number()]).optional()
const NO_HASH = Buffer.alloc(32).toString('base64')

const blockAt = ({ ledger }: Chain, number: number): BlockRow => {
  const block = ledger.block(number)
  if (block === undefined) throw notFound(`cannot find block ${number}: block is not applied`)
  return block
}

const blockTransactions = z.object({
  workchain,
  shard,
  seqno,
  count: integerParameter.refine((value) => value > 0, 'count should be positive').optional(),
  after_lt: ltParameter.optional(),
})

const shortId = ({ account, lt, hash }: LedgerTransaction) => ({
  '@type': 'blocks.shortTxId',
  mode: 135,
  account,
  lt: lt.toString(),
  hash: hash.toString('base64'),
})

/** Lists a block's transactions; all of them where toncenter stops at 40, since TonClient cannot ask for the rest. */
const listTransactions = (
  chain: Chain,
  parameters: z.output<typeof blockTransactions>,
  view: (transaction: LedgerTransaction) => unknown,
) => {
  const { seqno: number } = blockAt(chain, parameters.seqno)
  const after = parameters.after_lt ?? 0n
  const all = chain.ledger
    .transactionsOf(number)
    .filter(({ account, lt }) => account.startsWith(`${parameters.workchain}:`) && lt > after)
  const count = parameters.count ?? all.length
  return {
    '@type': 'blocks.transactions',
    id: blockId(number, parameters.workchain),
    req_count: count,
    incomplete: all.length > count,
    transactions: all.slice(0, count).map(view),
  }
}

/** Blocks: masterchain and basechain in step, one of each for a number. */
export const blockMethods = [
  defineMethod({
    name: 'getMasterchainInfo',
    parameters: z.object({}).optional(),
    run: ({ ledger }) => ({
      '@type': 'blocks.masterchainInfo',
      last: blockId(ledger.lastBlock().seqno),
      state_root_hash: NO_HASH,
      init: blockId(0),
    }),
  }),
  defineMethod({
    name: 'getConsensusBlock',
    parameters: z.object({}).optional(),
    run: ({ ledger }) => {
      const last = ledger.lastBlock()
      return { consensus_block: last.seqno, timestamp: last.nowSec }
    },
  }),
  defineMethod({
    name: 'shards',
    parameters: z.object({ seqno }),
    run: (chain, parameters) => ({
      '@type': 'blocks.shards',
      shards: [blockId(blockAt(chain, parameters.seqno).seqno, 0)],
    }),
  }),
  defineMethod({
    name: 'lookupBlock',
    parameters: z.object({
      workchain,
      shard,
      seqno: seqno.optional(),
      lt: ltParameter.optional(),
      unixtime: integerParameter.optional(),
    }),
    run: (chain, parameters) => {
      const { ledger } = chain
      const { lt, unixtime } = parameters
      if (parameters.seqno !== undefined) return blockId(blockAt(chain, parameters.seqno).seqno, parameters.workchain)
      if (lt === undefined && unixtime === undefined) throw unprocessable('seqno, lt or unixtime should be defined')
      const found = lt === undefined ? ledger.blockOfTime(unixtime ?? 0) : ledger.blockOfLt(lt)
      if (found === undefined) throw notFound('cannot find block')
      return blockId(found.seqno, parameters.workchain)
    },
  }),
  defineMethod({
    name: 'getBlockHeader',
    parameters: z.object({ workchain, shard, seqno }),
    run: (chain, parameters) => {
      const block = blockAt(chain, parameters.seqno)
      const before = chain.ledger.block(block.seqno - 1)
      const master = parameters.workchain === -1
      return {
        '@type': 'blocks.header',
        id: blockId(block.seqno, parameters.workchain),
        global_id: chain.globalId,
        version: 0,
        flags: 0,
        after_merge: false,
        after_split: false,
        before_split: false,
        want_merge: false,
        want_split: false,
        validator_list_hash_short: 0,
        catchain_seqno: 0,
        min_ref_mc_seqno: block.seqno - 1,
        is_key_block: false,
        prev_key_block_seqno: 0,
        start_lt: (before?.endLt ?? 0n).toString(),
        end_lt: block.endLt.toString(),
        gen_utime: block.nowSec,
        vert_seqno: 0,
        prev_blocks: [blockId(block.seqno - 1, master ? -1 : 0)],
      }
    },
  }),
  defineMethod({
    name: 'getBlockTransactions',
    parameters: blockTransactions,
    run: (chain, parameters) => listTransactions(chain, parameters, shortId),
  }),
  defineMethod({
    name: 'getBlockTransactionsExt',
    parameters: blockTransactions,
    run: (chain, parameters) => listTransactions(chain, parameters, transactionView),
  }),
]
