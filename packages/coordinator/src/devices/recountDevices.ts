import {
  completionOf,
  type DeviceRecord,
  isBlamed,
  isJudged,
  type LogBody,
  newDeviceRecord,
  type TaskDescriptor,
  withCompletion,
  withFailure,
} from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

type Counted = { index: number; descriptor: TaskDescriptor } & (
  | { kind: 'verdict'; body: LogBody<'verdict'> }
  | { kind: 'seat_end'; body: LogBody<'seat_end'> }
)

type Skill = { deviceId: string; operation: string; model: string; record: DeviceRecord }

const PAGE_ENTRIES = 500

/** What counts for devices, in the order of the log, without what the auditor refused. */
const readCounted = (queries: Queries, from: number, refusedHash: string): Promise<Counted[]> =>
  queries.query<Counted>(
    `SELECT log.index, kind, body, descriptor FROM log JOIN tasks ON task_id = (body->>'task_id')::uuid
     WHERE log.index >= $1 AND kind IN ('verdict', 'seat_end') AND hash <> $2 AND NOT EXISTS
       (SELECT 1 FROM log AS refusal WHERE refusal.kind = 'refusal' AND refusal.body->>'hash' = log.hash)
     ORDER BY log.index LIMIT ${PAGE_ENTRIES}`,
    [from, refusedHash],
  )

/** @returns what an entry adds to the record of each device that it speaks of */
const additionsOf = (entry: Counted): [string, (record: DeviceRecord) => DeviceRecord][] => {
  if (entry.kind === 'seat_end') return isBlamed(entry.body.reason) ? [[entry.body.device_id, withFailure]] : []
  if (!isJudged(entry.body)) return []
  return entry.body.seats.map((seat) => {
    const completion = completionOf(seat, entry.descriptor.constraints)
    return [seat.device_id, (record) => withCompletion(record, completion)]
  })
}

const store = async (
  queries: Queries,
  deviceIds: readonly string[],
  records: ReadonlyMap<string, DeviceRecord>,
  skills: Iterable<Skill>,
): Promise<void> => {
  for (const deviceId of deviceIds) {
    const { successful, failed, validations, passes, responseScoreSum, energyScoreSum } =
      records.get(deviceId) ?? newDeviceRecord
    await queries.query(
      `UPDATE devices SET successful = $2, failed = $3, validations = $4, passes = $5, response_score_sum = $6,
         energy_score_sum = $7 WHERE device_id = $1`,
      [deviceId, successful, failed, validations, passes, responseScoreSum, energyScoreSum],
    )
  }
  await queries.query('DELETE FROM device_skills WHERE device_id = ANY($1)', [deviceIds])
  for (const { deviceId, operation, model, record } of skills) {
    await queries.query('INSERT INTO device_skills VALUES ($1, $2, $3, $4, $5, $6)', [
      deviceId,
      operation,
      model,
      record.successful,
      record.failed,
      record.passes,
    ])
  }
}

/**
 * Counts devices anew from the log, as the auditor does: whatever was counted for an entry that it refuses, the published
 * reputations are those that it will co-sign.
 *
 * @param refusedHash - of the entry that is being refused
 */
export const recountDevices = async (
  queries: Queries,
  deviceIds: readonly string[],
  refusedHash: string,
): Promise<void> => {
  const wanted = new Set(deviceIds)
  const records = new Map<string, DeviceRecord>()
  const skills = new Map<string, Skill>()
  for (let from = 0; ;) {
    const page = await readCounted(queries, from, refusedHash)
    for (const entry of page) {
      const { operation, model = '' } = entry.descriptor
      for (const [deviceId, add] of additionsOf(entry)) {
        if (!wanted.has(deviceId)) continue
        records.set(deviceId, add(records.get(deviceId) ?? newDeviceRecord))
        const key = `${deviceId}/${operation}/${model}`
        const record = add(skills.get(key)?.record ?? newDeviceRecord)
        skills.set(key, { deviceId, operation, model, record })
      }
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_ENTRIES) break
    from = last.index + 1
  }
  await store(queries, [...wanted], records, skills.values())
}
