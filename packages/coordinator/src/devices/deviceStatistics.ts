import { computeDeviceReputation, computeReliability } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

/** What a device has done so far, over all operations. */
type DeviceCounts = {
  successful: number
  failed: number
  validations: number
  passes: number
  response_score_sum: number
  energy_score_sum: number
}

/** A completed execution: how much of its limits it left unused, 0..1 each. */
export type Completion = { agreed: boolean; responseScore: number; energyScore: number }

const bumpSkill = (
  queries: Queries,
  [deviceId, operation, model]: readonly [string, string, string],
  counts: { successful: number; failed: number; passes: number },
) =>
  queries.query(
    `INSERT INTO device_skills (device_id, operation, model, successful, failed, passes) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (device_id, operation, model) DO UPDATE SET successful = device_skills.successful + excluded.successful,
       failed = device_skills.failed + excluded.failed, passes = device_skills.passes + excluded.passes`,
    [deviceId, operation, model, counts.successful, counts.failed, counts.passes],
  )

/** Counts an execution that ended without an answer. */
export const countFailure = async (queries: Queries, deviceId: string, operation: string, model: string) => {
  await queries.query('UPDATE devices SET failed = failed + 1 WHERE device_id = $1', [deviceId])
  await bumpSkill(queries, [deviceId, operation, model], { successful: 0, failed: 1, passes: 0 })
}

/** Counts an execution that a verdict judged. */
export const countCompletion = async (
  queries: Queries,
  deviceId: string,
  operation: string,
  model: string,
  { agreed, responseScore, energyScore }: Completion,
) => {
  const success = agreed ? 1 : 0
  await queries.query(
    `UPDATE devices SET successful = successful + $2, failed = failed + $3, validations = validations + 1,
       passes = passes + $2, response_score_sum = response_score_sum + $4, energy_score_sum = energy_score_sum + $5
     WHERE device_id = $1`,
    [deviceId, success, 1 - success, responseScore, energyScore],
  )
  const counts = { successful: success, failed: 1 - success, passes: success }
  await bumpSkill(queries, [deviceId, operation, model], counts)
}

/** @returns the published device_reputation of protocol §9, 0..1, in steps of 10⁻⁶. */
export const reputationOf = (counts: DeviceCounts): number => {
  const completed = counts.validations
  const reputation = computeDeviceReputation({
    successfulTasks: counts.successful,
    totalTasks: counts.successful + counts.failed,
    validationPasses: counts.passes,
    totalValidations: counts.validations,
    responseTimeScore: completed === 0 ? 0.5 : counts.response_score_sum / completed,
    energyEfficiencyScore: completed === 0 ? 0.5 : counts.energy_score_sum / completed,
    slashingPenalty: 0,
  })
  return Math.round(reputation * 1e6) / 1e6
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
