import type { Queries } from '../storage/database.ts'
import type { Tally } from './tally.ts'

const DEVICES = `UPDATE devices SET successful = devices.successful + more.successful,
    failed = devices.failed + more.failed, validations = devices.validations + more.validations,
    passes = devices.passes + more.passes, response_score_sum = devices.response_score_sum + more.response_score_sum,
    energy_score_sum = devices.energy_score_sum + more.energy_score_sum
  FROM json_populate_recordset(NULL::devices, $1) AS more WHERE devices.device_id = more.device_id`

const SKILLS = `INSERT INTO device_skills SELECT * FROM json_populate_recordset(NULL::device_skills, $1)
  ON CONFLICT (device_id, operation, model) DO UPDATE SET successful = device_skills.successful + excluded.successful,
    failed = device_skills.failed + excluded.failed, passes = device_skills.passes + excluded.passes`

const REQUESTERS = `INSERT INTO requesters SELECT * FROM json_populate_recordset(NULL::requesters, $1)
  ON CONFLICT (requester) DO UPDATE SET created = requesters.created + excluded.created,
    completed = requesters.completed + excluded.completed, validated = requesters.validated + excluded.validated,
    succeeded = requesters.succeeded + excluded.succeeded, unavailable = requesters.unavailable + excluded.unavailable`

/** Adds what was counted to what is stored. */
export const saveTally = async (queries: Queries, { devices, skills, requesters }: Tally): Promise<void> => {
  const save = async (sql: string, rows: unknown[]): Promise<void> => {
    if (rows.length > 0) await queries.query(sql, [JSON.stringify(rows)])
  }
  await save(
    DEVICES,
    [...devices].map(([deviceId, { successful, failed, validations, passes, responseScoreSum, energyScoreSum }]) => ({
      device_id: deviceId,
      successful,
      failed,
      validations,
      passes,
      response_score_sum: responseScoreSum,
      energy_score_sum: energyScoreSum,
    })),
  )
  await save(
    SKILLS,
    [...skills.values()].map(({ deviceId, operation, model, successful, failed }) => ({
      device_id: deviceId,
      operation,
      model,
      successful,
      failed,
      passes: successful,
    })),
  )
  await save(
    REQUESTERS,
    [...requesters].map(([requester, counts]) => ({ requester, ...counts })),
  )
}
