import { type Address, beginCell, type Cell, toNano } from '@ton/core'
import { GstdError } from '../errors/GstdError.ts'
import type { MerklePosition } from '../merkle/merkleTree.ts'
import { hexToInt } from './cells.ts'
import { attachNano, header, type QueryId } from './messages.ts'

const MILLION = 1_000_000
const SIBLINGS_PER_CELL = 3

/** `open_account#47440001 query_id:uint64 = AccountMessage;` */
export const openAccount = (message: QueryId): Cell => header(0x47440001, message).endCell()

/** `set_device#47440002 query_id:uint64 key:uint256 is_added:Bool = AccountMessage;` */
export const setDevice = (message: QueryId & { deviceKey: string; isAdded: boolean }): Cell =>
  header(0x47440002, message).storeUint(hexToInt(message.deviceKey), 256).storeBit(message.isAdded).endCell()

/** `unbond#47440003 query_id:uint64 amount:Coins = AccountMessage;` */
export const unbond = (message: QueryId & { amountNano: bigint }): Cell =>
  header(0x47440003, message).storeCoins(message.amountNano).endCell()

/** `withdraw#47440004 query_id:uint64 = AccountMessage;` */
export const withdraw = (message: QueryId): Cell => header(0x47440004, message).endCell()

/** `appeal#47440005 query_id:uint64 slash_seq:uint32 hash:uint256 = AccountMessage;` */
export const appeal = (message: QueryId & { slashSeq: number; hash: string }): Cell =>
  header(0x47440005, message).storeUint(message.slashSeq, 32).storeUint(hexToInt(message.hash), 256).endCell()

/**
 * `transfer#0f8a7ea5 query_id:uint64 amount:Coins destination:MsgAddress response_destination:MsgAddress
 *  custom_payload:(Maybe ^Cell) forward_ton_amount:Coins forward_payload:(Either Cell ^Cell) = WalletMessage;`
 *
 * Stakes GSTD: from the owner to the owner's GSTD wallet, with {@link stakeTransferNano}. The account must know its GSTD
 * wallet by then, else nobody counts what comes.
 */
export const stakeTransfer = (message: QueryId & { amountNano: bigint; account: Address; owner: Address }): Cell =>
  header(0x0f8a7ea5, message)
    .storeCoins(message.amountNano)
    .storeAddress(message.account)
    .storeAddress(message.owner)
    .storeMaybeRef(null)
    .storeCoins(attachNano.stake)
    .storeBit(false)
    .endCell()

/**
 * Nano TON to attach to a {@link stakeTransfer}: what is forwarded with the GSTD, and the way of the GSTD itself, the
 * deployment of the account's GSTD wallet included. GSTD that comes with less than 0.0005 TON, or 0.0030 at the prices
 * before June 2026, is never counted as stake and lies in the account's GSTD wallet for good: 0.1 is 33 times that. What
 * is not needed returns.
 */
export const stakeTransferNano = attachNano.stake + toNano('0.06')

/** `execute_slash#47440009 query_id:uint64 = AccountMessage;` */
export const executeSlash = (message: QueryId): Cell => header(0x47440009, message).endCell()

/** `veto_slash#4756000d query_id:uint64 account:MsgAddressInt slash_seq:uint32 = VaultMessage;` */
export const vetoSlash = (message: QueryId & { account: Address; slashSeq: number }): Cell =>
  header(0x4756000d, message).storeAddress(message.account).storeUint(message.slashSeq, 32).endCell()

/** On which side of the way to the root each sibling of a path stands, and the sibling. */
const siblingsOf = ({ index, count, path }: MerklePosition): { isLeft: boolean; hash: Uint8Array }[] => {
  const siblings: { isLeft: boolean; hash: Uint8Array }[] = []
  for (let at = index, width = count; width > 1; at >>= 1, width = (width + 1) >> 1) {
    if (at === width - 1 && at % 2 === 0) continue
    const hash = path[siblings.length]
    if (hash?.length !== 32) throw new GstdError('DOCUMENT_MALFORMED', 'a path that does not fit its place')
    siblings.push({ isLeft: at % 2 === 1, hash })
  }
  if (siblings.length !== path.length) throw new GstdError('DOCUMENT_MALFORMED', 'a path that does not fit its place')
  return siblings
}

/** `path$_ count:uint2 siblings:(count * (is_left:Bool sibling:uint256)) [next:^Path] = Path;` */
const pathCell = (position: MerklePosition): Cell => {
  const siblings = siblingsOf(position)
  const groups = Math.max(1, Math.ceil(siblings.length / SIBLINGS_PER_CELL))
  let cell: Cell | undefined
  for (let group = groups - 1; group >= 0; group--) {
    const entries = siblings.slice(group * SIBLINGS_PER_CELL, (group + 1) * SIBLINGS_PER_CELL)
    const builder = beginCell().storeUint(entries.length, 2)
    for (const { isLeft, hash } of entries) builder.storeBit(isLeft).storeBuffer(Buffer.from(hash), 32)
    cell = (cell === undefined ? builder : builder.storeRef(cell)).endCell()
  }
  return cell ?? beginCell().storeUint(0, 2).endCell()
}

/**
 * `update_reputation#4756000e query_id:uint64 account:MsgAddressInt device_id:uint128 reputation:uint32 path:^Path
 *  = VaultMessage;`
 *
 * @param message - the device's leaf under the vault's `reputationRoot`, and its place in the tree
 * @throws GstdError `DOCUMENT_MALFORMED` for a path that does not fit its place
 */
export const updateReputation = (
  message: QueryId & { account: Address; deviceId: string; reputation: number; position: MerklePosition },
): Cell =>
  header(0x4756000e, message)
    .storeAddress(message.account)
    .storeUint(hexToInt(message.deviceId), 128)
    .storeUint(Math.round(message.reputation * MILLION), 32)
    .storeRef(pathCell(message.position))
    .endCell()
