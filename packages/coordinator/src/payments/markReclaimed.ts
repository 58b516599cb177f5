import { uncommittedOf, type VaultState } from '@gstd/sdk/contracts'
import { type PaymentContext, VALIDITY_SEC } from './paymentContext.ts'
import { COUNTED_STATES } from './readEpochBefore.ts'

/** After the first funds of an epoch. */
const RECLAIM_AFTER_SEC = 1_209_600

type Landed = {
  index: number
  escrow: string
  requester: string
  epoch: number
  previous_nano: number
  cumulative_nano: number
  valid_until_sec: number
  cell_hash: string
  state: 'landed' | 'reclaimed'
}

const amountNano = ({ cumulative_nano, previous_nano }: Landed): bigint => BigInt(cumulative_nano - previous_nano)

const totalNano = (charges: readonly Landed[]): bigint => charges.reduce((sum, one) => sum + amountNano(one), 0n)

/** The vault takes no reclaim sooner, whatever a lagging node shows: none of the charges was signed before this. */
const reclaimableFromSec = (charges: readonly Landed[]): number =>
  Math.min(...charges.map(({ valid_until_sec }) => valid_until_sec)) - VALIDITY_SEC + RECLAIM_AFTER_SEC

/** The first or the last charges that add up to a sum: an escrow gives back its older funds, its newer ones, or both. */
const chargesOf = (charges: readonly Landed[], sumNano: bigint, fromEnd: boolean): Landed[] | undefined => {
  const ordered = fromEnd ? charges.toReversed() : charges
  const taken: Landed[] = []
  for (const charge of ordered) {
    if (totalNano(taken) >= sumNano) break
    taken.push(charge)
  }
  return totalNano(taken) === sumNano ? taken : undefined
}

/** @returns the charges of one escrow that its owner has reclaimed; undefined while it does not show which */
const readReclaimed = async (
  charges: readonly Landed[],
  vault: VaultState,
  { chain }: PaymentContext,
): Promise<{ shownNano: bigint; reclaimed: Landed[] } | undefined> => {
  const escrow = await chain.escrow(charges[0]?.requester ?? '')
  // One that is older than the charges shows nothing of them either.
  if (escrow === undefined || escrow.chargedNano < BigInt(charges.at(-1)?.cumulative_nano ?? 0)) return undefined
  const { newerNano, olderNano } = uncommittedOf(escrow, vault.fundedFrom)
  const shownNano = newerNano + olderNano
  const reclaimed = chargesOf(charges, totalNano(charges) - shownNano, newerNano === 0n)
  return reclaimed === undefined ? undefined : { shownNano, reclaimed }
}

/**
 * Notices that owners took back what they were charged for an epoch that was not committed for 14 days. It counts only
 * once escrows and vault agree: until then a reclaim may bounce.
 */
export const markReclaimed = async (vault: VaultState, context: PaymentContext): Promise<void> => {
  const { journal, clock, logger } = context
  const charged = await journal.query<Landed>(
    `SELECT index, escrow, requester, epoch, previous_nano, cumulative_nano, valid_until_sec, cell_hash, state FROM charges
     WHERE state IN ('landed', 'reclaimed') AND epoch > (SELECT coalesce(max(epoch), 0) FROM commits WHERE state IN ${COUNTED_STATES})
     ORDER BY index`,
  )
  const landed = charged.filter(({ state }) => state === 'landed')
  if (totalNano(landed) <= vault.fundedNextNano || clock() / 1000 < reclaimableFromSec(charged)) return
  const found: Landed[] = []
  let shownNano = 0n
  for (const charges of Map.groupBy(landed, ({ escrow }) => escrow).values()) {
    const seen = await readReclaimed(charges, vault, context)
    if (seen === undefined) return
    shownNano += seen.shownNano
    found.push(...seen.reclaimed)
  }
  if (shownNano !== vault.fundedNextNano) return
  await journal.write(async (unit) => {
    for (const charge of found.toSorted((a, b) => a.index - b.index)) {
      await unit.query(`UPDATE charges SET state = 'reclaimed', ended_at = $2 WHERE index = $1`, [
        charge.index,
        clock(),
      ])
      const { escrow, epoch, cell_hash: charge_hash } = charge
      unit.log('reclaimed', { escrow, epoch, charge_hash, amount_nano: amountNano(charge).toString() })
    }
  })
  for (const { requester, epoch } of found) logger.error({ requester, epoch }, 'a requester took back what was charged')
}
