import { type Address, beginCell, type Cell } from '@ton/core'
import { hexToInt } from './cells.ts'

/** What coordinator and auditor sign to charge an escrow. Amounts in nano, hashes and signatures in hex. */
export type ChargeFields = {
  /** Global id of the TON network. */
  network: number
  vault: Address
  validUntilSec: number
  escrow: Address
  /** The epoch that it funds: the vault's, plus one. */
  epoch: number
  previousChargedNano: bigint
  cumulativeNano: bigint
  /** Tasks ever charged to this escrow, these included. */
  tasks: number
  tasksRoot: string
  /** What the requester's session key signed. */
  authorisation: { maxCumulativeNano: bigint; signature: string }
}

/**
 * Builds the cell whose hash coordinator and auditor sign.
 *
 * `charge_sums$_ previous_charged:Coins cumulative:Coins tasks:uint64 tasks_root:uint256 = ChargeSums;`
 * `signed_authorise$_ max_cumulative:uint128 signature:bits512 = SignedAuthorise;`
 * `charge_body#47434842 global_id:int32 vault:MsgAddressInt escrow:MsgAddressInt valid_until:uint32 epoch:uint32
 *  sums:^ChargeSums authorisation:^SignedAuthorise = ChargeBody;`
 */
export const buildChargeBody = (fields: ChargeFields): Cell =>
  beginCell()
    .storeUint(0x47434842, 32)
    .storeInt(fields.network, 32)
    .storeAddress(fields.vault)
    .storeAddress(fields.escrow)
    .storeUint(fields.validUntilSec, 32)
    .storeUint(fields.epoch, 32)
    .storeRef(
      beginCell()
        .storeCoins(fields.previousChargedNano)
        .storeCoins(fields.cumulativeNano)
        .storeUint(fields.tasks, 64)
        .storeUint(hexToInt(fields.tasksRoot), 256),
    )
    .storeRef(
      beginCell()
        .storeUint(fields.authorisation.maxCumulativeNano, 128)
        .storeBuffer(Buffer.from(fields.authorisation.signature, 'hex'), 64),
    )
    .endCell()

/**
 * Builds the cell that `authorisationHash` of the main entry hashes without a TON library.
 *
 * `authorise#47415554 global_id:int32 workchain:int8 escrow:uint256 max_cumulative:uint128 = Authorise;`
 */
export const buildAuthorise = (fields: { network: number; escrow: Address; maxCumulativeNano: bigint }): Cell =>
  beginCell()
    .storeUint(0x47415554, 32)
    .storeInt(fields.network, 32)
    .storeInt(fields.escrow.workChain, 8)
    .storeBuffer(fields.escrow.hash, 32)
    .storeUint(fields.maxCumulativeNano, 128)
    .endCell()
