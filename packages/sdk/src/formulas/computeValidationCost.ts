import { checkAmount, checkCount } from './checkRange.ts'

export type ValidationCostInput = {
  /** F: the operator's tariff. */
  baseCostNano: bigint
  /** Answers asked for; 1 where there is no majority. */
  majorityCount: number
  /** Expected price of each further seat. */
  additionalDeviceCostNano: bigint
  aiCheckCostNano: bigint
  aiCheck: boolean
  humanCheckCostNano: bigint
  humanCheck: boolean
}

/**
 * What a quote shows for validation, in nano. Nothing is charged besides the seats and the tariff it estimates.
 *
 * `validation_cost = base_cost + (majority_count − 1)·additional_device_cost + ai_check_cost·flag +
 * human_check_cost·flag` (protocol §5).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative amount or a majority of less than 1
 * @example
 * computeValidationCost({
 *   baseCostNano: 100_000n, majorityCount: 3, additionalDeviceCostNano: 11_000_000n,
 *   aiCheckCostNano: 0n, aiCheck: false, humanCheckCostNano: 0n, humanCheck: false,
 * }) // 22_100_000n
 */
export const computeValidationCost = (input: ValidationCostInput): bigint => {
  const furtherSeats = BigInt(checkCount('majorityCount', input.majorityCount, 1) - 1)
  const aiCheckNano = checkAmount('aiCheckCostNano', input.aiCheckCostNano)
  const humanCheckNano = checkAmount('humanCheckCostNano', input.humanCheckCostNano)
  return (
    checkAmount('baseCostNano', input.baseCostNano) +
    furtherSeats * checkAmount('additionalDeviceCostNano', input.additionalDeviceCostNano) +
    (input.aiCheck ? aiCheckNano : 0n) +
    (input.humanCheck ? humanCheckNano : 0n)
  )
}
