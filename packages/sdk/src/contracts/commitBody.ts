import { type Address, beginCell, type Cell } from '@ton/core'
import { hexToInt } from './cells.ts'

/** What coordinator and auditor sign to pay an epoch. Amounts in nano, roots in hex. */
export type CommitFields = {
  /** Global id of the TON network. */
  network: number
  vault: Address
  validUntilSec: number
  epoch: number
  /** Hash of the first batch, zeros when nobody is paid. */
  head: string
  totalNano: bigint
  owedAfterNano: bigint
  tasks: number
  tasksRoot: string
  reputationRoot: string
  logRoot: string
}

/**
 * Builds the cell whose hash coordinator and auditor sign.
 *
 * `commit_roots$_ tasks_root:uint256 reputation_root:uint256 log_root:uint256 = CommitRoots;`
 * `commit_body#47434d42 global_id:int32 vault:MsgAddressInt epoch:uint32 valid_until:uint32 head:uint256 total:Coins
 *  owed_after:Coins tasks:uint64 roots:^CommitRoots = CommitBody;`
 */
export const buildCommitBody = (fields: CommitFields): Cell =>
  beginCell()
    .storeUint(0x47434d42, 32)
    .storeInt(fields.network, 32)
    .storeAddress(fields.vault)
    .storeUint(fields.epoch, 32)
    .storeUint(fields.validUntilSec, 32)
    .storeUint(hexToInt(fields.head), 256)
    .storeCoins(fields.totalNano)
    .storeCoins(fields.owedAfterNano)
    .storeUint(fields.tasks, 64)
    .storeRef(
      beginCell()
        .storeUint(hexToInt(fields.tasksRoot), 256)
        .storeUint(hexToInt(fields.reputationRoot), 256)
        .storeUint(hexToInt(fields.logRoot), 256),
    )
    .endCell()
