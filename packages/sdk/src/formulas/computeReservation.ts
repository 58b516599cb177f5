import type { TaskDescriptor } from '../documents/descriptor.ts'
import { GstdError } from '../errors/GstdError.ts'
import { checkAmount, checkCount } from './checkRange.ts'
import { computeMaximumReward } from './computeMaximumReward.ts'
import { type RewardRates, rewardRates } from './computeFinalReward.ts'

export type ReservationInput = {
  validation: TaskDescriptor['validation']
  baseNano: bigint
  /** F: the operator's tariff for chain and protocol. */
  tariffNano: bigint
  /** Answers that `majority` starts with; the other methods ignore it. */
  redundancy: number
  /** Devices that `majority` may ask in all; the other methods ignore it. */
  maxDevices: number
}

/** Seats that `reference` may have to pay: answer, check, referee. */
export const REFERENCE_SEATS = 3

const seatsOf = ({ validation, redundancy, maxDevices }: ReservationInput): number => {
  if (validation === 'reference') return REFERENCE_SEATS
  if (validation === 'majority') return checkCount('maxDevices', maxDevices, checkCount('redundancy', redundancy, 1))
  throw new GstdError('FEATURE_NOT_OFFERED', `validation "${validation}" is not offered yet`, {
    details: { path: 'validation', validation },
    hint: 'use "reference" or "majority"',
  })
}

/**
 * The most that a task may cost, in nano: reserved at intake, and what is not charged is released with the verdict.
 *
 * Table of protocol §5 with R = 1.32·base: `reference` 3R + F, `majority` max_devices·R + F.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE`, and `FEATURE_NOT_OFFERED` for `ai_check` and `human`
 * @example
 * computeReservation({
 *   validation: 'reference', baseNano: 10_000_000n, tariffNano: 100_000n, redundancy: 3, maxDevices: 6,
 * }) // 39_700_000n
 */
export const computeReservation = (input: ReservationInput, rates: RewardRates = rewardRates): bigint =>
  BigInt(seatsOf(input)) * computeMaximumReward(input.baseNano, rates) + checkAmount('tariffNano', input.tariffNano)
