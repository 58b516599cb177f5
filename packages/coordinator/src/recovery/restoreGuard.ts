import { guardCellOf, type GuardMessage } from '@gstd/sdk/contracts'
import type { Queries } from '../storage/database.ts'
import type { RestoreContext, RestoreEntry } from './restoreContext.ts'

/** There is one at a time: what was logged before has landed or expired. */
const restoreGuard = async (
  queries: Queries,
  { index, at }: { index: number; at: number },
  message: GuardMessage,
  { origin }: RestoreContext,
): Promise<void> => {
  await queries.query(`UPDATE guard_messages SET state = 'landed', ended_at = $1 WHERE state = 'open'`, [at])
  await queries.query(
    `INSERT INTO guard_messages (index, kind, valid_until_sec, cell_hash, state) VALUES ($1, $2, $3, $4, 'open')`,
    [index, message.kind, message.body.valid_until_sec, guardCellOf(message, origin).hash().toString('hex')],
  )
}

/** The end of a freeze, for both keys to sign. */
export const restoreUnfreeze: RestoreEntry<'unfreeze'> = (queries, entry, context) =>
  restoreGuard(queries, entry, entry, context)

/** The giving up of batches that cannot be paid, for both keys to sign. */
export const restoreUncommit: RestoreEntry<'uncommit'> = (queries, entry, context) =>
  restoreGuard(queries, entry, entry, context)
