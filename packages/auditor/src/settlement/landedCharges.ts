import { chargesLeadingTo } from '@gstd/sdk/contracts'
import type { ChargeFacts, EscrowFacts } from '../ledger/ledgerState.ts'
import { DEAD_AFTER_SEC } from './decision.ts'

/**
 * Which co-signed charges of an escrow the chain has taken: those that lead from what is settled to what the escrow
 * shows. Several may begin at one sum: a late answer of a node may have made one look dead that had landed.
 *
 * @param chargedNano - the escrow's `charged` on chain
 * @returns undefined when no such charges lead there
 */
export const landedCharges = ({ cosigned, settledNano }: EscrowFacts, chargedNano: bigint): ChargeFacts[] | undefined =>
  chargesLeadingTo(
    cosigned.map((charge) => ({
      charge,
      previousNano: BigInt(charge.body.previous_charged_nano),
      cumulativeNano: BigInt(charge.body.cumulative_nano),
    })),
    settledNano,
    chargedNano,
  )?.map(({ charge }) => charge)

/**
 * Whether a charge that has not landed still can: it follows on what the escrow shows, its epoch is still to be
 * committed, and it has not expired.
 */
export const canStillLand = (
  { body }: ChargeFacts,
  chain: { chargedNano: bigint; vaultEpoch: number },
  nowSec: number,
): boolean =>
  BigInt(body.previous_charged_nano) >= chain.chargedNano &&
  body.epoch > chain.vaultEpoch &&
  nowSec <= body.valid_until_sec + DEAD_AFTER_SEC
