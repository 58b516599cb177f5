import { checkCount, checkRange } from './checkRange.ts'
import { clamp, UNKNOWN_RATIO } from './clamp.ts'

export type ReliabilityInput = {
  successfulTasks: number
  /** Passed validations; a result released unchecked counts as one, else veterans would rank under newcomers. */
  validationPasses: number
  failedTasks: number
  slashingEvents: number
  totalTasks: number
}

export type ReliabilityWeights = { successful: number; passes: number; failed: number; slashing: number }

export const reliabilityWeights: ReliabilityWeights = { successful: 0.6, passes: 0.4, failed: 0.5, slashing: 1 }

/**
 * How a device did on one (operation, model), 0..1: what the matcher ranks by. 0.5 for a device without history.
 *
 * `reliability = clamp((0.6·successful + 0.4·validation_passes − 0.5·failed − 1.0·slashing_events) / total)`
 * (protocol §9).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for counts that are negative, fractional, or above their total
 * @example
 * computeReliability({ successfulTasks: 3, validationPasses: 3, failedTasks: 1, slashingEvents: 0, totalTasks: 4 })
 * // 0.625
 */
export const computeReliability = (
  input: ReliabilityInput,
  weights: ReliabilityWeights = reliabilityWeights,
): number => {
  const total = checkCount('totalTasks', input.totalTasks)
  const score =
    checkRange('weights.successful', weights.successful, 0) *
      checkCount('successfulTasks', input.successfulTasks, 0, total) +
    checkRange('weights.passes', weights.passes, 0) * checkCount('validationPasses', input.validationPasses) -
    checkRange('weights.failed', weights.failed, 0) * checkCount('failedTasks', input.failedTasks, 0, total) -
    checkRange('weights.slashing', weights.slashing, 0) * checkCount('slashingEvents', input.slashingEvents)
  return total === 0 ? UNKNOWN_RATIO : clamp(score / total)
}
