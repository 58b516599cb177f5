import { beginCell, type Cell, toNano } from '@ton/core'
import { hexToInt, signatureCell } from './cells.ts'

export type QueryId = { queryId?: bigint }
type Signed = QueryId & { body: Cell; coordinatorSignature: string; auditorSignature: string }

/** @returns op and query id. */
export const header = (op: number, { queryId = 0n }: QueryId) => beginCell().storeUint(op, 32).storeUint(queryId, 64)

/** `deposit#47450001 query_id:uint64 job_id:uint256 amount:Coins = EscrowMessage;` */
export const deposit = (message: QueryId & { jobId: string; amountNano: bigint }): Cell =>
  header(0x47450001, message).storeUint(hexToInt(message.jobId), 256).storeCoins(message.amountNano).endCell()

/** `set_session#47450002 query_id:uint64 key:uint256 cap:Coins expires_at:uint32 = EscrowMessage;` */
export const setSession = (message: QueryId & { key: string; capNano: bigint; expiresAtSec: number }): Cell =>
  header(0x47450002, message)
    .storeUint(hexToInt(message.key), 256)
    .storeCoins(message.capNano)
    .storeUint(message.expiresAtSec, 32)
    .endCell()

/** `close#47450003 query_id:uint64 = EscrowMessage;` */
export const close = (message: QueryId): Cell => header(0x47450003, message).endCell()

/** `reclaim#47450005 query_id:uint64 epoch:uint32 = EscrowMessage;` */
export const reclaim = (message: QueryId & { epoch: number }): Cell =>
  header(0x47450005, message).storeUint(message.epoch, 32).endCell()

const signed = (op: number, message: Signed): Cell =>
  header(op, message)
    .storeBuffer(Buffer.from(message.coordinatorSignature, 'hex'), 64)
    .storeRef(signatureCell(message.auditorSignature))
    .storeRef(message.body)
    .endCell()

/**
 * `charge#47560001 query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^ChargeBody
 *  = VaultMessage;`
 */
export const charge = (message: Signed): Cell => signed(0x47560001, message)

/**
 * `commit#47560003 query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^CommitBody
 *  = VaultMessage;`
 */
export const commit = (message: Signed): Cell => signed(0x47560003, message)

/** `exec#47560004 query_id:uint64 batch:^Batch = VaultMessage;` */
export const exec = (message: QueryId & { batch: Cell }): Cell =>
  header(0x47560004, message).storeRef(message.batch).endCell()

/** `veto#47560005 query_id:uint64 epoch:uint32 = VaultMessage;` */
export const veto = (message: QueryId & { epoch: number }): Cell =>
  header(0x47560005, message).storeUint(message.epoch, 32).endCell()

/**
 * `unfreeze#47560006 query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^UnfreezeBody
 *  = VaultMessage;`
 */
export const unfreeze = (message: Signed): Cell => signed(0x47560006, message)

/**
 * `uncommit#47560008 query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^UncommitBody
 *  = VaultMessage;`
 */
export const uncommit = (message: Signed): Cell => signed(0x47560008, message)

/**
 * `propose_change#47560009 query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^ProposeBody
 *  = VaultMessage;`
 */
export const proposeChange = (message: Signed): Cell => signed(0x47560009, message)

/** `cancel_change#4756000a query_id:uint64 number:uint32 = VaultMessage;` */
export const cancelChange = (message: QueryId & { number: number }): Cell =>
  header(0x4756000a, message).storeUint(message.number, 32).endCell()

/** `apply_change#4756000b query_id:uint64 = VaultMessage;` */
export const applyChange = (message: QueryId): Cell => header(0x4756000b, message).endCell()

/**
 * `slash#4756000c query_id:uint64 coordinator_signature:bits512 auditor_signature:^bits512 body:^SlashBody
 *  = VaultMessage;`
 */
export const slash = (message: Signed): Cell => signed(0x4756000c, message)

/** Nano TON to attach to each message, enough at both price sets; what is not needed returns to the sender. */
export const attachNano = {
  /** On top of the amount; covers the contract's rent the first time. */
  deposit: toNano('0.05'),
  setSession: toNano('0.02'),
  close: toNano('0.02'),
  reclaim: toNano('0.05'),
  charge: toNano('0.05'),
  commit: toNano('0.03'),
  /** What guardian, coordinator and auditor send to the vault beside commits. */
  guard: toNano('0.03'),
  /** What the vault forwards to a device account. */
  forward: toNano('0.06'),
  /** Covers the account's rent the first time. */
  openAccount: toNano('0.2'),
  account: toNano('0.03'),
  /** `forward_ton_amount` of GSTD that is sent to an account; what comes from others can only be returned with it. */
  stake: toNano('0.1'),
  /** For a message that makes the account send GSTD. */
  gstdTransfer: toNano('0.15'),
  exec: (payouts: number): bigint => toNano('0.03') + BigInt(payouts) * toNano('0.002'),
} as const
