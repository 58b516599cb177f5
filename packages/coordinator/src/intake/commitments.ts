import type { Queries } from '../storage/database.ts'
import type { EscrowState } from './requesterView.ts'

/** What an escrow is already good for, in nano. */
export type Commitments = { chargedNano: bigint; acceptedNano: bigint; reservedNano: bigint }

/**
 * Reads what was charged on chain, what verdicts have added since, and what is reserved for tasks under way. The
 * chain's figure may be a minute old: what it does not show yet counts as accepted.
 */
export const readCommitments = async (
  queries: Queries,
  escrow: Pick<EscrowState, 'address' | 'chargedNano'>,
): Promise<Commitments> => {
  const [row] = await queries.query<{ decided: string; reserved: string }>(
    'SELECT decided_nano::text AS decided, reserved_nano::text AS reserved FROM escrow_sums WHERE escrow = $1',
    [escrow.address],
  )
  const decidedNano = BigInt(row?.decided ?? 0)
  const acceptedNano = decidedNano > escrow.chargedNano ? decidedNano - escrow.chargedNano : 0n
  return { chargedNano: escrow.chargedNano, acceptedNano, reservedNano: BigInt(row?.reserved ?? 0) }
}
