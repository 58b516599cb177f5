import type { DeviceRecord } from '@gstd/sdk'
import type { SkillRow } from '../live/createLiveSkills.ts'
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

/** Reads what was counted for the named devices at each operation and model. */
export const readSkills = (queries: Queries, deviceIds: readonly string[]): Promise<SkillRow[]> =>
  queries.query<SkillRow>(
    'SELECT device_id, operation, model, successful, failed, passes FROM device_skills WHERE device_id = ANY($1)',
    [deviceIds],
  )
