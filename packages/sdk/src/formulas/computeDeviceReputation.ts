import { checkCount, checkRange } from './checkRange.ts'
import { clamp, ratio } from './clamp.ts'

export type DeviceReputationInput = {
  successfulTasks: number
  totalTasks: number
  validationPasses: number
  totalValidations: number
  /** Mean over completed tasks of clamp(1 − used/limit), 0.5 when there are none. */
  responseTimeScore: number
  /** As `responseTimeScore`, of energy. */
  energyEfficiencyScore: number
  /** Each slash adds 0.1, which halves every 30 days; counts up to `maxSlashingPenalty`. */
  slashingPenalty: number
}

export type DeviceReputationWeights = {
  successful: number
  passes: number
  responseTime: number
  energyEfficiency: number
  maxSlashingPenalty: number
}

export const deviceReputationWeights: DeviceReputationWeights = {
  successful: 0.5,
  passes: 0.3,
  responseTime: 0.1,
  energyEfficiency: 0.1,
  maxSlashingPenalty: 0.5,
}

/**
 * A device's standing over everything it did, 0..1: published, paid by, and put on chain.
 *
 * `device_reputation = clamp(0.5·successful/total + 0.3·passes/validations + 0.1·response_time_score +
 * 0.1·energy_efficiency_score − slashing_penalty(0..0.5))`, a ratio 0/0 is 0.5 (protocol §9).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for counts above their total and scores outside 0..1
 * @example
 * computeDeviceReputation({
 *   successfulTasks: 9, totalTasks: 10, validationPasses: 5, totalValidations: 5,
 *   responseTimeScore: 0.5, energyEfficiencyScore: 0.5, slashingPenalty: 0,
 * }) // 0.85
 */
export const computeDeviceReputation = (
  input: DeviceReputationInput,
  weights: DeviceReputationWeights = deviceReputationWeights,
): number => {
  const total = checkCount('totalTasks', input.totalTasks)
  const validations = checkCount('totalValidations', input.totalValidations)
  const success = ratio(checkCount('successfulTasks', input.successfulTasks, 0, total), total)
  const passes = ratio(checkCount('validationPasses', input.validationPasses, 0, validations), validations)
  const maxPenalty = checkRange('weights.maxSlashingPenalty', weights.maxSlashingPenalty, 0, 1)
  return clamp(
    checkRange('weights.successful', weights.successful, 0) * success +
      checkRange('weights.passes', weights.passes, 0) * passes +
      checkRange('weights.responseTime', weights.responseTime, 0) *
        checkRange('responseTimeScore', input.responseTimeScore, 0, 1) +
      checkRange('weights.energyEfficiency', weights.energyEfficiency, 0) *
        checkRange('energyEfficiencyScore', input.energyEfficiencyScore, 0, 1) -
      Math.min(checkRange('slashingPenalty', input.slashingPenalty, 0), maxPenalty),
  )
}
