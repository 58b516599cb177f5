import { chargesLeadingTo } from '@gstd/sdk/contracts'
import type { Queries } from '../storage/database.ts'

type StoredCharge = {
  index: number
  previous_nano: number
  cumulative_nano: number
  state: 'open' | 'landed' | 'reclaimed' | 'dead'
}

/**
 * Concludes from an escrow's `charged` which of its charges the chain has taken. One that looked dead, since what was
 * read of the chain was old, is no longer: its tasks are charged, whatever else they were put into since.
 *
 * @param chargedNano - what the escrow has been charged in all
 * @param at - unix ms
 * @returns indexes of the charges that were not known to have landed; undefined when no charges lead to the sum
 */
export const markLandedCharges = async (
  queries: Queries,
  escrow: string,
  chargedNano: bigint,
  at: number,
): Promise<number[] | undefined> => {
  const rows = await queries.query<StoredCharge>(
    `SELECT index, previous_nano, cumulative_nano, state FROM charges
     WHERE escrow = $1 AND (state IN ('landed', 'reclaimed') OR auditor_signature IS NOT NULL) ORDER BY index`,
    [escrow],
  )
  const isTaken = ({ state }: StoredCharge) => state === 'landed' || state === 'reclaimed'
  const landed = rows.filter(isTaken).map(({ cumulative_nano }) => BigInt(cumulative_nano))
  const waiting = rows.filter((charge) => !isTaken(charge))
  if (waiting.length === 0) return []
  const fromNano =
    landed.length === 0
      ? BigInt(Math.min(...waiting.map(({ previous_nano }) => previous_nano)))
      : landed.reduce((most, sum) => (sum > most ? sum : most))
  // An endpoint that lags may show less than was seen before.
  if (chargedNano <= fromNano) return []
  const steps = waiting.map((charge) => ({
    ...charge,
    previousNano: BigInt(charge.previous_nano),
    cumulativeNano: BigInt(charge.cumulative_nano),
  }))
  const taken = chargesLeadingTo(steps, fromNano, chargedNano)
  for (const { index } of taken ?? []) {
    await queries.query(`UPDATE charges SET state = 'landed', ended_at = $2 WHERE index = $1`, [index, at])
    await queries.query(
      `UPDATE tasks SET charge_index = $1 WHERE task_id IN
         (SELECT named.task_id::uuid FROM log, json_array_elements_text(log.body->'task_ids') AS named(task_id)
          WHERE log.index = $1)`,
      [index],
    )
  }
  return taken?.map(({ index }) => index)
}
