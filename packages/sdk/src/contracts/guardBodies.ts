import { type Address, beginCell, type Cell } from '@ton/core'
import { hexToInt } from './cells.ts'

/** For which network, vault and time coordinator and auditor sign. */
export type SignedFor = {
  /** Global id of the TON network. */
  network: number
  vault: Address
  validUntilSec: number
}

const header = (op: number, { network, vault, validUntilSec }: SignedFor) =>
  beginCell().storeUint(op, 32).storeInt(network, 32).storeAddress(vault).storeUint(validUntilSec, 32)

/**
 * Builds the cell whose hash coordinator and auditor sign to end a freeze, 7 days after it began.
 *
 * `unfreeze_body#4755465a global_id:int32 vault:MsgAddressInt valid_until:uint32 frozen_at:uint32 = UnfreezeBody;`
 *
 * @param fields - `frozenAtSec` as the vault says
 */
export const buildUnfreezeBody = (fields: SignedFor & { frozenAtSec: number }): Cell =>
  header(0x4755465a, fields).storeUint(fields.frozenAtSec, 32).endCell()

/**
 * Builds the cell whose hash coordinator and auditor sign to give up the batches of an epoch that cannot be executed,
 * from 7 days after its window on.
 *
 * `uncommit_body#4755434d global_id:int32 vault:MsgAddressInt valid_until:uint32 epoch:uint32 next:uint256
 *  = UncommitBody;`
 *
 * @param fields - `next`, in hex, is the batch that waits, as the vault says
 */
export const buildUncommitBody = (fields: SignedFor & { epoch: number; next: string }): Cell =>
  header(0x4755434d, fields).storeUint(fields.epoch, 32).storeUint(hexToInt(fields.next), 256).endCell()

/** New keys of a vault, and new code if there is any. */
export type VaultChange = {
  /** Ed25519 public keys, hex. */
  coordinatorKey: string
  auditorKey: string
  guardian: Address
  /** Must read the storage of the code before it. */
  code?: Cell
}

/**
 * Builds the cell whose hash coordinator and auditor sign to change keys or code of the vault, 7 days later.
 *
 * `propose_body#47555043 global_id:int32 vault:MsgAddressInt valid_until:uint32 number:uint32 change:^Change
 *  = ProposeBody;`
 * `change$_ coordinator:uint256 auditor:uint256 guardian:MsgAddressInt code:(Maybe ^Cell) = Change;`
 *
 * @param fields - `number` of earlier proposals, as the vault says
 */
export const buildProposeBody = (fields: SignedFor & { number: number; change: VaultChange }): Cell =>
  header(0x47555043, fields)
    .storeUint(fields.number, 32)
    .storeRef(
      beginCell()
        .storeUint(hexToInt(fields.change.coordinatorKey), 256)
        .storeUint(hexToInt(fields.change.auditorKey), 256)
        .storeAddress(fields.change.guardian)
        .storeMaybeRef(fields.change.code ?? null),
    )
    .endCell()

/** Why stake is slashed, as the account knows it; severities are those of `slashingSeverities`. */
export const slashReasons = {
  repeated_failures: 1,
  consensus_violation: 2,
  invalid_proof: 3,
  malicious_behavior: 4,
} as const

/**
 * Builds the cell whose hash coordinator and auditor sign to slash a device owner's stake.
 *
 * `slash_body#47534c42 global_id:int32 vault:MsgAddressInt valid_until:uint32 account:MsgAddressInt slash_seq:uint32
 *  terms:^SlashTerms = SlashBody;`
 * `slash_terms$_ amount:Coins reason:uint8 evidence_hash:uint256 = SlashTerms;`
 *
 * @param fields - `slashSeq` is the account's last one, plus one; the amount in nano GSTD
 */
export const buildSlashBody = (
  fields: SignedFor & {
    account: Address
    slashSeq: number
    amountNano: bigint
    reason: keyof typeof slashReasons
    evidenceHash: string
  },
): Cell =>
  header(0x47534c42, fields)
    .storeAddress(fields.account)
    .storeUint(fields.slashSeq, 32)
    .storeRef(
      beginCell()
        .storeCoins(fields.amountNano)
        .storeUint(slashReasons[fields.reason], 8)
        .storeUint(hexToInt(fields.evidenceHash), 256),
    )
    .endCell()
