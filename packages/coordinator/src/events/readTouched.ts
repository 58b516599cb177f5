import { COUNTED_STATES } from '../payments/readEpochBefore.ts'
import type { Queries } from '../storage/database.ts'
import type { Cursor } from './cursor.ts'

export type TouchedTask = { task_id: string; requester: string }

/** A task is `running` with its first order; later ones change nothing that a requester is told. */
const SQL = `WITH entries AS (SELECT kind, body FROM log WHERE index >= $1 AND index < $2
  AND kind IN ('task', 'dispatch', 'verdict', 'cancelled', 'refusal', 'executed', 'uncommitted')),
touched AS (
  SELECT (body->'descriptor'->>'task_id')::uuid AS task_id FROM entries WHERE kind = 'task'
  UNION SELECT (body->'order'->>'task_id')::uuid FROM entries
    WHERE kind = 'dispatch' AND body->'order'->>'attempt' = '1'
  UNION SELECT (body->>'task_id')::uuid FROM entries WHERE kind IN ('verdict', 'cancelled')
  UNION SELECT task_id FROM tasks WHERE verdict_index >= $3 AND verdict_index < $4
  UNION SELECT (log.body->>'task_id')::uuid FROM entries JOIN log ON log.hash = entries.body->>'hash'
    AND log.kind = 'verdict' WHERE entries.kind = 'refusal'
  UNION SELECT task_id FROM entries JOIN charges ON charges.epoch <= (body->>'epoch')::int8 AND charges.epoch >
      (SELECT coalesce(max(epoch), 0) FROM commits WHERE epoch < (body->>'epoch')::int8 AND state IN ${COUNTED_STATES})
    JOIN tasks ON charge_index = charges.index WHERE entries.kind IN ('executed', 'uncommitted'))
SELECT task_id, requester FROM touched JOIN tasks USING (task_id)
WHERE $5::text IS NULL OR requester = $5 LIMIT $6`

/**
 * Reads which tasks may have another status: by what was logged, and by what the auditor has signed, since.
 *
 * @param requester - undefined for those of all
 */
export const readTouched = (
  { query }: Queries,
  from: Cursor,
  to: Cursor,
  { requester, limit }: { requester?: string; limit?: number } = {},
): Promise<TouchedTask[]> =>
  query<TouchedTask>(SQL, [from.logSize, to.logSize, from.headSize, to.headSize, requester ?? null, limit ?? null])
