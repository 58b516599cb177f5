import type { ChargeFacts, EscrowFacts } from '../ledger/ledgerState.ts'
import { DEAD_AFTER_SEC } from './decision.ts'

/**
 * Which co-signed charges of an escrow the chain has taken: the chain previous → cumulative from what is settled
 * to what the escrow shows. Of two with one `previous` the later one counts: it was co-signed only once the earlier could not land any more.
 *
 * @param chargedNano - the escrow's `charged` on chain
 * @returns undefined when no such chain leads there
 */
export const landedCharges = (
  { cosigned, settledNano }: EscrowFacts,
  chargedNano: bigint,
): ChargeFacts[] | undefined => {
  const byPrevious = new Map(cosigned.map((charge) => [BigInt(charge.body.previous_charged_nano), charge]))
  const landed: ChargeFacts[] = []
  let reachedNano = settledNano
  while (reachedNano < chargedNano) {
    const next = byPrevious.get(reachedNano)
    if (next === undefined) return undefined
    landed.push(next)
    reachedNano = BigInt(next.body.cumulative_nano)
  }
  return reachedNano === chargedNano ? landed : undefined
}

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
