import { newRequesterRecord, type RequesterRecord } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

/**
 * A task that the auditor refuses is taken back at once, its verdict only when the auditor has come to that: in between,
 * more verdicts than tasks may be counted.
 */
const RECORD = 'created, least(completed, created) AS completed, least(succeeded, created) AS succeeded'

type Row = RequesterRecord & { requester: string }

/** @returns what was counted for a requester. */
export const readRequesterRecord = async (queries: Queries, requester: string): Promise<RequesterRecord> => {
  const [row] = await queries.query<RequesterRecord>(`SELECT ${RECORD} FROM requesters WHERE requester = $1`, [
    requester,
  ])
  return row ?? newRequesterRecord
}

/** @returns what was counted for each requester that a task was taken from, by address. */
export const readRequesterRecords = async (
  queries: Queries,
): Promise<{ requester: string; record: RequesterRecord }[]> => {
  const rows = await queries.query<Row>(
    `SELECT requester, ${RECORD} FROM requesters WHERE created > 0 ORDER BY requester COLLATE "C"`,
  )
  return rows.map(({ requester, ...record }) => ({ requester, record }))
}
