import { type Completion, computeReliability, type DeviceRecord } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

/** What a device is counted for. */
export type SkillKey = { deviceId: string; operation: string; model: string }

const bumpSkill = (
  queries: Queries,
  { deviceId, operation, model }: SkillKey,
  counts: { successful: number; failed: number; passes: number },
) =>
  queries.query(
    `INSERT INTO device_skills (device_id, operation, model, successful, failed, passes) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (device_id, operation, model) DO UPDATE SET successful = device_skills.successful + excluded.successful,
       failed = device_skills.failed + excluded.failed, passes = device_skills.passes + excluded.passes`,
    [deviceId, operation, model, counts.successful, counts.failed, counts.passes],
  )

/** Counts an execution that ended without an answer. */
export const countFailure = async (queries: Queries, skill: SkillKey): Promise<void> => {
  await queries.query('UPDATE devices SET failed = failed + 1 WHERE device_id = $1', [skill.deviceId])
  await bumpSkill(queries, skill, { successful: 0, failed: 1, passes: 0 })
}

/** Counts an execution that a verdict judged. */
export const countCompletion = async (
  queries: Queries,
  skill: SkillKey,
  { agreed, responseScore, energyScore }: Completion,
): Promise<void> => {
  const counts = { successful: agreed ? 1 : 0, failed: agreed ? 0 : 1, passes: agreed ? 1 : 0 }
  await queries.query(
    `UPDATE devices SET successful = successful + $2, failed = failed + $3, validations = validations + 1,
       passes = passes + $4, response_score_sum = response_score_sum + $5, energy_score_sum = energy_score_sum + $6
     WHERE device_id = $1`,
    [skill.deviceId, counts.successful, counts.failed, counts.passes, responseScore, energyScore],
  )
  await bumpSkill(queries, skill, counts)
}

type RecordRow = {
  device_id: string
  successful: number
  failed: number
  validations: number
  passes: number
  response_score_sum: number
  energy_score_sum: number
}

/** @returns what was counted for each device that anything was counted for, by device id. */
export const readDeviceRecords = async (queries: Queries): Promise<{ deviceId: string; record: DeviceRecord }[]> => {
  const rows = await queries.query<RecordRow>(
    `SELECT device_id, successful, failed, validations, passes, response_score_sum, energy_score_sum FROM devices
     WHERE successful + failed > 0 ORDER BY device_id COLLATE "C"`,
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    record: {
      successful: row.successful,
      failed: row.failed,
      validations: row.validations,
      passes: row.passes,
      responseScoreSum: row.response_score_sum,
      energyScoreSum: row.energy_score_sum,
    },
  }))
}

type Skill = { device_id: string; operation: string; model: string; successful: number; failed: number; passes: number }

/** Reliability of devices by operation and model, 0..1; 0.5 for what a device has never done. */
export type Reliabilities = (deviceId: string, operation: string, model: string) => number

/** Reads the skills of the named devices. */
export const readReliabilities = async (queries: Queries, deviceIds: readonly string[]): Promise<Reliabilities> => {
  const rows = await queries.query<Skill>('SELECT * FROM device_skills WHERE device_id = ANY($1)', [deviceIds])
  const byKey = new Map(rows.map((row) => [`${row.device_id}/${row.operation}/${row.model}`, row]))
  return (deviceId, operation, model) => {
    const skill = byKey.get(`${deviceId}/${operation}/${model}`)
    return computeReliability({
      successfulTasks: skill?.successful ?? 0,
      validationPasses: skill?.passes ?? 0,
      failedTasks: skill?.failed ?? 0,
      slashingEvents: 0,
      totalTasks: skill === undefined ? 0 : skill.successful + skill.failed,
    })
  }
}
