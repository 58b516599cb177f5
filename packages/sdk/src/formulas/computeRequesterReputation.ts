import { checkCount, checkRange } from './checkRange.ts'
import { clamp, ratio } from './clamp.ts'

export type RequesterReputationInput = {
  completedTasks: number
  totalCreatedTasks: number
  /** Share of the requester's results that passed validation, 0..1. */
  averageValidationSuccessRate: number
  /** Share of reviews and payments made in time, 0..1. */
  timelyPayments: number
}

export type RequesterReputationWeights = { completed: number; validation: number; timeliness: number }

export const requesterReputationWeights: RequesterReputationWeights = {
  completed: 0.6,
  validation: 0.3,
  timeliness: 0.1,
}

/**
 * A requester's standing, 0..1: one term of its tasks' priority.
 *
 * `requester_reputation = 0.6·completed/created + 0.3·average_validation_success + 0.1·timely_payments`, a ratio
 * 0/0 is 0.5 (protocol §9).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for counts above their total and shares outside 0..1
 * @example
 * computeRequesterReputation({
 *   completedTasks: 8, totalCreatedTasks: 10, averageValidationSuccessRate: 0.9, timelyPayments: 1,
 * }) // 0.85
 */
export const computeRequesterReputation = (
  input: RequesterReputationInput,
  weights: RequesterReputationWeights = requesterReputationWeights,
): number => {
  const created = checkCount('totalCreatedTasks', input.totalCreatedTasks)
  const completed = ratio(checkCount('completedTasks', input.completedTasks, 0, created), created)
  return clamp(
    checkRange('weights.completed', weights.completed, 0) * completed +
      checkRange('weights.validation', weights.validation, 0) *
        checkRange('averageValidationSuccessRate', input.averageValidationSuccessRate, 0, 1) +
      checkRange('weights.timeliness', weights.timeliness, 0) *
        checkRange('timelyPayments', input.timelyPayments, 0, 1),
  )
}
