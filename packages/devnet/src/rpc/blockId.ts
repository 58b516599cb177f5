import { createHash } from 'node:crypto'

/** The whole workchain: this network has no splits. */
const SHARD = '-9223372036854775808'

const blockHash = (kind: string, workchain: number, seqno: number): string =>
  createHash('sha256').update(`devnet/${kind}/${workchain}/${seqno}`).digest('base64')

/**
 * Identifies a block. Blocks of masterchain and basechain go in step: one of each has a number. Their hashes are
 * names only, for there is no block data behind them.
 */
export const blockId = (seqno: number, workchain = -1) => ({
  '@type': 'ton.blockIdExt',
  workchain,
  shard: SHARD,
  seqno,
  root_hash: blockHash('root', workchain, seqno),
  file_hash: blockHash('file', workchain, seqno),
})
