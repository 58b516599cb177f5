import { type Completion, type DeviceRecord, newDeviceRecord, withCompletion, withFailure } from '@gstd/sdk'

/** What a device is counted for. */
export type SkillKey = { deviceId: string; operation: string; model: string }

export type SkillCount = SkillKey & { successful: number; failed: number }

export type RequesterCount = {
  created: number
  completed: number
  validated: number
  succeeded: number
  unavailable: number
}

const newRequesterCount: RequesterCount = { created: 0, completed: 0, validated: 0, succeeded: 0, unavailable: 0 }

/** Sums to be added to what is stored: however many executions are counted, each row is written once. */
export type Tally = {
  readonly devices: ReadonlyMap<string, DeviceRecord>
  readonly skills: ReadonlyMap<string, SkillCount>
  readonly requesters: ReadonlyMap<string, RequesterCount>
  /** Counts an execution that ended without an answer. */
  failure(skill: SkillKey): void
  /** Counts an execution that a verdict judged. */
  completion(skill: SkillKey, completion: Completion): void
  requester(requester: string, more: Partial<RequesterCount>): void
  /** Adds everything that another one has counted. */
  add(other: Tally): void
}

/** Builds a tally of nothing. */
export const createTally = (): Tally => {
  const devices = new Map<string, DeviceRecord>()
  const skills = new Map<string, SkillCount>()
  const requesters = new Map<string, RequesterCount>()

  const countDevice = (deviceId: string, add: (record: DeviceRecord) => DeviceRecord): void => {
    devices.set(deviceId, add(devices.get(deviceId) ?? newDeviceRecord))
  }
  const countSkill = ({ deviceId, operation, model }: SkillKey, successful: number, failed: number): void => {
    const key = `${deviceId}/${operation}/${model}`
    const known = skills.get(key) ?? { deviceId, operation, model, successful: 0, failed: 0 }
    skills.set(key, { ...known, successful: known.successful + successful, failed: known.failed + failed })
  }
  const countRequester = (requester: string, more: Partial<RequesterCount>): void => {
    const known = requesters.get(requester) ?? newRequesterCount
    requesters.set(requester, {
      created: known.created + (more.created ?? 0),
      completed: known.completed + (more.completed ?? 0),
      validated: known.validated + (more.validated ?? 0),
      succeeded: known.succeeded + (more.succeeded ?? 0),
      unavailable: known.unavailable + (more.unavailable ?? 0),
    })
  }
  return {
    devices,
    skills,
    requesters,
    failure: (skill) => {
      countDevice(skill.deviceId, withFailure)
      countSkill(skill, 0, 1)
    },
    completion: (skill, completion) => {
      countDevice(skill.deviceId, (record) => withCompletion(record, completion))
      countSkill(skill, completion.agreed ? 1 : 0, completion.agreed ? 0 : 1)
    },
    requester: countRequester,
    add: (other) => {
      for (const [deviceId, more] of other.devices) {
        countDevice(deviceId, (record) => ({
          successful: record.successful + more.successful,
          failed: record.failed + more.failed,
          validations: record.validations + more.validations,
          passes: record.passes + more.passes,
          responseScoreSum: record.responseScoreSum + more.responseScoreSum,
          energyScoreSum: record.energyScoreSum + more.energyScoreSum,
        }))
      }
      for (const skill of other.skills.values()) countSkill(skill, skill.successful, skill.failed)
      for (const [requester, more] of other.requesters) countRequester(requester, more)
    },
  }
}
