import { checkAmount, checkCount, checkRange } from './checkRange.ts'
import { clampFraction, floorFraction, fractionOf, multiplyFractions } from './fraction.ts'

export type SlashingInput = {
  /** Default {@link BASE_SLASHING_NANO}. */
  baseNano?: bigint
  /** Counts within 1..5: see {@link slashingSeverities}. */
  severityMultiplier: number
  /** Counts within 1..10: see {@link repetitionMultiplier}. */
  repetitionMultiplier: number
}

export type SlashingBounds = {
  severity: { min: number; max: number }
  repetition: { min: number; max: number }
}

/** 1 GSTD. */
export const BASE_SLASHING_NANO = 1_000_000_000n

export const slashingBounds: SlashingBounds = { severity: { min: 1, max: 5 }, repetition: { min: 1, max: 10 } }

/** Severity by reason; `repeated_failures` are refused results, never time-outs. */
export const slashingSeverities = {
  repeated_failures: 1,
  consensus_violation: 2,
  invalid_proof: 3,
  malicious_behavior: 5,
} as const

/**
 * The multiplier for a device that was slashed before: doubles each time, up to 10.
 *
 * @param earlierSlashes - how many times before this one
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for anything but a count
 * @example repetitionMultiplier(2) // 4
 */
export const repetitionMultiplier = (earlierSlashes: number, bounds: SlashingBounds = slashingBounds): number =>
  Math.min(bounds.repetition.max, 2 ** checkCount('earlierSlashes', earlierSlashes))

/**
 * What a device loses of its stake, in nano GSTD, exact and floored; the caller caps it at stake + unbonding.
 *
 * `slashing = base_slashing·severity(1..5)·repetition(1..10)`, both multipliers clamped (protocol §9).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative base or multiplier
 * @example computeSlashing({ severityMultiplier: 3, repetitionMultiplier: 2 }) // 6_000_000_000n
 */
export const computeSlashing = (input: SlashingInput, bounds: SlashingBounds = slashingBounds): bigint => {
  const base = fractionOf(checkAmount('baseNano', input.baseNano ?? BASE_SLASHING_NANO))
  const within = (path: string, value: number, { min, max }: { min: number; max: number }) =>
    clampFraction(fractionOf(checkRange(path, value, 0)), fractionOf(min), fractionOf(max))
  const severity = within('severityMultiplier', input.severityMultiplier, bounds.severity)
  const repetition = within('repetitionMultiplier', input.repetitionMultiplier, bounds.repetition)
  return floorFraction(multiplyFractions(base, multiplyFractions(severity, repetition)))
}
