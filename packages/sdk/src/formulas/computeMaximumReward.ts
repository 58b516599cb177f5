import { computeFinalReward, type RewardRates, rewardRates } from './computeFinalReward.ts'

/**
 * R of protocol §5, in nano: the most that one execution can be paid, 1.32·base with the default rates (nothing used
 * of either limit, reputation 1).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative amount
 * @example computeMaximumReward(10_000_000n) // 13_200_000n
 */
export const computeMaximumReward = (baseNano: bigint, rates: RewardRates = rewardRates): bigint =>
  computeFinalReward(
    { baseNano, maxEnergyMwh: 1, actualEnergyMwh: 0, timeLimitSec: 1, actualTimeSec: 0, deviceReputation: 1 },
    rates,
  )
