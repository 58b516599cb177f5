import { computeReliability, type DeviceRecord } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

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
