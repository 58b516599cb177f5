import { checkRange } from './checkRange.ts'

/** Each term is a share in 0..1: see {@link balanceShare}, {@link rewardShare}, `computeUrgency`. */
export type PriorityInput = {
  gstdBalance: number
  rewardAmount: number
  taskUrgency: number
  requesterReputation: number
}

/** Weights under the names of the network's parameters document. */
export type PriorityWeights = { gstd: number; reward: number; urgency: number; requester_reputation: number }

export const priorityWeights: PriorityWeights = { gstd: 0.4, reward: 0.3, urgency: 0.2, requester_reputation: 0.1 }

/**
 * How soon a task is dispatched, 0..1; more is sooner.
 *
 * `priority = (0.4·gstd + 0.3·reward + 0.2·urgency + 0.1·requester_reputation) / 1.0` (protocol §9); the divisor is
 * the sum of the weights, so that other weights keep the range.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a term outside 0..1, a negative weight, or weights that are all 0
 * @example computePriority({ gstdBalance: 1, rewardAmount: 0.2, taskUrgency: 0, requesterReputation: 0.5 }) // 0.51
 */
export const computePriority = (input: PriorityInput, weights: PriorityWeights = priorityWeights): number => {
  const terms = [
    [checkRange('gstdBalance', input.gstdBalance, 0, 1), checkRange('weights.gstd', weights.gstd, 0)],
    [checkRange('rewardAmount', input.rewardAmount, 0, 1), checkRange('weights.reward', weights.reward, 0)],
    [checkRange('taskUrgency', input.taskUrgency, 0, 1), checkRange('weights.urgency', weights.urgency, 0)],
    [
      checkRange('requesterReputation', input.requesterReputation, 0, 1),
      checkRange('weights.requester_reputation', weights.requester_reputation, 0),
    ],
  ] as const
  const total = checkRange(
    'the sum of the weights',
    terms.reduce((sum, [, weight]) => sum + weight, 0),
    Number.MIN_VALUE,
  )
  return terms.reduce((sum, [term, weight]) => sum + term * weight, 0) / total
}
