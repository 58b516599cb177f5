import type { Queries } from '../storage/database.ts'

/** Commits that the vault has taken and no guardian has vetoed. */
export const COUNTED_STATES = `('landed', 'executed', 'uncommitted')`

/**
 * @returns the number of the last epoch before one that was not vetoed, 0 when there is none. What was charged for the
 * numbers between belongs to the one after them.
 */
export const readEpochBefore = async (queries: Queries, epoch: number): Promise<number> => {
  const [row] = await queries.query<{ epoch: number }>(
    `SELECT coalesce(max(epoch), 0) AS epoch FROM commits WHERE epoch < $1 AND state IN ${COUNTED_STATES}`,
    [epoch],
  )
  return row?.epoch ?? 0
}
