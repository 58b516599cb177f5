import type { Journal, Unit } from '../log/journal.ts'
import type { Spool } from '../spool/createSpool.ts'
import type { Queries } from '../storage/database.ts'

/** Protocol §8. Nonces are refused by their document's own clock long before. */
const KEEP_MS = 24 * 3_600_000

/** Nobody can dispute any more: paid, or nothing is. */
const OVER = `(paid OR status IN ('failed', 'cancelled')) AND ended_at <= $1`

const deleteResults = async (unit: Unit, endedUntilMs: number): Promise<void> => {
  await unit.query(
    `UPDATE seats SET result = NULL FROM tasks
     WHERE seats.task_id = tasks.task_id AND seats.result IS NOT NULL AND ${OVER}`,
    [endedUntilMs],
  )
  await unit.query(`UPDATE tasks SET result = NULL WHERE result IS NOT NULL AND ${OVER}`, [endedUntilMs])
}

/** @returns SHA-256 in hex of the files that tasks under way may still ask for. */
const hashesInUse = async (queries: Queries): Promise<Set<string>> => {
  const rows = await queries.query<{ hash: string }>(
    `SELECT DISTINCT item->>'hash' AS hash FROM tasks, json_array_elements(
       CASE json_typeof(descriptor->'input') WHEN 'array' THEN descriptor->'input'
         ELSE json_build_array(descriptor->'input') END) AS item
     WHERE status IN ('queued', 'running') AND item->>'source' = 'http'`,
  )
  return new Set(rows.map(({ hash }) => hash.replace(/^sha256:/, '')))
}

/**
 * Deletes results, spooled inputs and nonces a day after they were last needed (protocol §8). Inline inputs are gone
 * with the verdict; hashes, proofs and known answers, which receipts show, stay.
 *
 * @param nowMs - unix ms
 */
export const deleteOldData = async (journal: Journal, spool: Spool, nowMs: number): Promise<void> => {
  await journal.write(async (unit) => {
    await deleteResults(unit, nowMs - KEEP_MS)
    await unit.query('DELETE FROM nonces WHERE claimed_at <= $1', [nowMs - KEEP_MS])
  })
  await spool.prune(nowMs, await hashesInUse(journal))
}
