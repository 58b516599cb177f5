import { checkAmount, checkRange } from './checkRange.ts'
import {
  addFractions,
  clampFraction,
  divideFractions,
  floorFraction,
  type Fraction,
  fractionOf,
  multiplyFractions,
  subtractFractions,
} from './fraction.ts'

export type FinalRewardInput = {
  baseNano: bigint
  maxEnergyMwh: number
  /** Energy that counts: never under the model's calibrated floor. */
  actualEnergyMwh: number
  timeLimitSec: number
  /** Time that counts: what the coordinator saw less its measured round trip. */
  actualTimeSec: number
  /** The last committed reputation before dispatch, 0..1. */
  deviceReputation: number
  /** Share of the base for no energy used; half of it unless the meter is attested. Default from the rates. */
  energyBonusRate?: number
  /** Share of the base for no time used. Default from the rates. */
  timeBonusRate?: number
}

/** Rates under the names of the network's parameters document. */
export type RewardRates = { energy_bonus: number; time_bonus: number; reputation_span: number }

export const rewardRates: RewardRates = { energy_bonus: 0.1, time_bonus: 0.1, reputation_span: 0.2 }

const zero = fractionOf(0)
const one = fractionOf(1)
const half = fractionOf(0.5)

const bonusShare = (limit: number, actual: number, rate: number): Fraction => {
  const unused = divideFractions(subtractFractions(fractionOf(limit), fractionOf(actual)), fractionOf(limit))
  return multiplyFractions(clampFraction(unused, zero, one), fractionOf(rate))
}

/**
 * What one agreeing execution is paid, in nano: exact rational arithmetic over the decimals as given, floored once at
 * the end, so that two implementations agree to the nano.
 *
 * `final_reward = (base + energy_bonus + time_bonus)·(1 + 0.2·(device_reputation − 0.5))`, each bonus
 * `clamp((max − actual)/max)·0.1·base` (protocol §9); at most 1.32·base with the default rates.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative amount or figure, a limit of 0, a reputation outside 0..1
 * @example
 * computeFinalReward({
 *   baseNano: 10_000_000n, maxEnergyMwh: 20, actualEnergyMwh: 10, timeLimitSec: 5, actualTimeSec: 2.5,
 *   deviceReputation: 0.5,
 * }) // 11_000_000n
 */
export const computeFinalReward = (input: FinalRewardInput, rates: RewardRates = rewardRates): bigint => {
  const base = checkAmount('baseNano', input.baseNano)
  const reputation = fractionOf(checkRange('deviceReputation', input.deviceReputation, 0, 1))
  const span = fractionOf(checkRange('rates.reputation_span', rates.reputation_span, 0, 2))
  const energyBonus = bonusShare(
    checkRange('maxEnergyMwh', input.maxEnergyMwh, Number.MIN_VALUE),
    checkRange('actualEnergyMwh', input.actualEnergyMwh, 0),
    checkRange('energyBonusRate', input.energyBonusRate ?? rates.energy_bonus, 0),
  )
  const timeBonus = bonusShare(
    checkRange('timeLimitSec', input.timeLimitSec, Number.MIN_VALUE),
    checkRange('actualTimeSec', input.actualTimeSec, 0),
    checkRange('timeBonusRate', input.timeBonusRate ?? rates.time_bonus, 0),
  )
  const earned = addFractions(one, addFractions(energyBonus, timeBonus))
  const standing = addFractions(one, multiplyFractions(span, subtractFractions(reputation, half)))
  return floorFraction(multiplyFractions(fractionOf(base), multiplyFractions(earned, standing)))
}
