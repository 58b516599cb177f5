import { computeReliability } from '@gstd/sdk'
import type { Tally } from '../log/tally.ts'

/** What was counted for a device at one operation and model. */
export type SkillRow = {
  device_id: string
  operation: string
  model: string
  successful: number
  failed: number
  passes: number
}

type Skill = Pick<SkillRow, 'successful' | 'failed' | 'passes'>

/** What devices that have come are good at. Memory of what the database says. */
export type LiveSkills = {
  /** @returns reliability, 0..1; 0.5 for what a device has never done */
  reliability(deviceId: string, operation: string, model: string): number
  /** Puts rows in the place of all that was known of some devices. */
  learn(deviceIds: readonly string[], rows: readonly SkillRow[]): void
  /** Adds what has been counted since; only for devices that are known, the others are read when they come. */
  add(tally: Tally): void
  known(): string[]
}

const unskilled: Skill = { successful: 0, failed: 0, passes: 0 }

/** Builds an empty memory of skills. */
export const createLiveSkills = (): LiveSkills => {
  const byDevice = new Map<string, Map<string, Skill>>()
  const keyOf = (operation: string, model: string): string => `${operation}/${model}`
  return {
    reliability: (deviceId, operation, model) => {
      const { successful, failed, passes } = byDevice.get(deviceId)?.get(keyOf(operation, model)) ?? unskilled
      return computeReliability({
        successfulTasks: successful,
        validationPasses: passes,
        failedTasks: failed,
        slashingEvents: 0,
        totalTasks: successful + failed,
      })
    },
    learn: (deviceIds, rows) => {
      for (const deviceId of deviceIds) byDevice.set(deviceId, new Map())
      for (const { device_id, operation, model, successful, failed, passes } of rows) {
        byDevice.get(device_id)?.set(keyOf(operation, model), { successful, failed, passes })
      }
    },
    add: ({ skills }) => {
      for (const { deviceId, operation, model, successful, failed } of skills.values()) {
        const known = byDevice.get(deviceId)
        const before = known?.get(keyOf(operation, model)) ?? unskilled
        known?.set(keyOf(operation, model), {
          successful: before.successful + successful,
          failed: before.failed + failed,
          passes: before.passes + successful,
        })
      }
    },
    known: () => [...byDevice.keys()],
  }
}
