import type { LogBody } from '@gstd/sdk'
import { uncountForRequester, uncountTask } from '../devices/countVerdict.ts'
import { recountDevices } from '../devices/recountDevices.ts'
import type { Queries } from '../storage/database.ts'

type RefusedEntry = { index: number } & (
  | { kind: 'verdict'; body: LogBody<'verdict'> }
  | { kind: 'seat_end'; body: LogBody<'seat_end'> }
  | { kind: 'task'; body: LogBody<'task'> }
)

/** A verdict that the auditor does not stand by is no verdict: nothing is charged, paid or counted for it. */
const revokeVerdict = async (
  queries: Queries,
  index: number,
  verdict: LogBody<'verdict'>,
  reason: string,
): Promise<void> => {
  const [task] = await queries.query<{ requester: string }>(
    `UPDATE tasks SET status = 'failed', charged_nano = 0, result = NULL, error = $2
     WHERE verdict_index = $1 AND charge_index IS NULL RETURNING requester`,
    [index, JSON.stringify({ code: 'AUDITOR_REFUSED', message: reason })],
  )
  if (task !== undefined) await uncountForRequester(queries, task.requester, verdict)
}

/**
 * Takes back what followed from an entry that the auditor refuses.
 *
 * @returns the devices that were counted anew
 */
export const revokeEntry = async (queries: Queries, { hash, reason }: LogBody<'refusal'>): Promise<string[]> => {
  const [refused] = await queries.query<RefusedEntry>(
    `SELECT index, kind, body FROM log WHERE hash = $1 AND kind IN ('verdict', 'seat_end', 'task')`,
    [hash],
  )
  if (refused === undefined) return []
  if (refused.kind === 'task') {
    await uncountTask(queries, refused.body)
    return []
  }
  if (refused.kind === 'verdict') await revokeVerdict(queries, refused.index, refused.body, reason)
  const seats = refused.kind === 'verdict' ? refused.body.seats : [refused.body]
  const deviceIds = seats.map(({ device_id }) => device_id)
  await recountDevices(queries, deviceIds, hash)
  return deviceIds
}
