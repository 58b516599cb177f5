import type { TaskDescriptor } from '../documents/descriptor.ts'
import { computeDeviceReputation } from '../formulas/computeDeviceReputation.ts'
import type { LogBody, SeatEndReason, VerdictSeat } from '../log/entries.ts'
import { toStep } from './toStep.ts'

/** What a device has done so far, over all operations: all that its published reputation is made of. */
export type DeviceRecord = {
  successful: number
  failed: number
  validations: number
  passes: number
  responseScoreSum: number
  energyScoreSum: number
}

/** A device nobody has worked with yet. */
export const newDeviceRecord: DeviceRecord = {
  successful: 0,
  failed: 0,
  validations: 0,
  passes: 0,
  responseScoreSum: 0,
  energyScoreSum: 0,
}

/** What an execution may end with that is not its device's fault. */
const blamelessReasons: readonly SeatEndReason[] = ['input_unavailable']

/** @returns whether an execution that ended so counts as a failure of its device (protocol §6). */
export const isBlamed = (reason: SeatEndReason): boolean => !blamelessReasons.includes(reason)

/** Failures that say nothing about the answers that did come. */
export const unjudgedReasons: readonly (string | undefined)[] = [
  'TASK_EXPIRED',
  'TASK_ATTEMPTS_EXHAUSTED',
  'TASK_CANCELLED',
]

/** @returns whether a verdict judged its answers: a task that ran out of time says nothing of those it had. */
export const isJudged = ({ outcome, reason }: Pick<LogBody<'verdict'>, 'outcome' | 'reason'>): boolean =>
  outcome === 'accepted' || !unjudgedReasons.includes(reason)

const unusedShare = (used: number, limit: number): number => toStep(Math.min(1, Math.max(0, 1 - used / limit)))

/** A judged execution: whether it agreed, and how much of its limits it left unused, 0..1 in steps of 10⁻⁶ each. */
export type Completion = { agreed: boolean; responseScore: number; energyScore: number }

/** @returns what a verdict's seat counts for. */
export const completionOf = (
  seat: Pick<VerdictSeat, 'agreed' | 'observed_ms' | 'counted_energy_mwh'>,
  { time_limit_sec, max_energy_mwh }: TaskDescriptor['constraints'],
): Completion => ({
  agreed: seat.agreed,
  responseScore: unusedShare(seat.observed_ms / 1000, time_limit_sec),
  energyScore: unusedShare(seat.counted_energy_mwh, max_energy_mwh),
})

/** Adds a judged execution. */
export const withCompletion = (
  record: DeviceRecord,
  { agreed, responseScore, energyScore }: Completion,
): DeviceRecord => ({
  successful: record.successful + (agreed ? 1 : 0),
  failed: record.failed + (agreed ? 0 : 1),
  validations: record.validations + 1,
  passes: record.passes + (agreed ? 1 : 0),
  responseScoreSum: record.responseScoreSum + responseScore,
  energyScoreSum: record.energyScoreSum + energyScore,
})

/** Adds an execution that ended without an answer. */
export const withFailure = (record: DeviceRecord): DeviceRecord => ({ ...record, failed: record.failed + 1 })

/**
 * Sums of doubles depend on their order, and whoever adds up by operation has another order than whoever follows the
 * log. Rounded to the steps that were added, both have the same sum.
 */
const meanScore = (sum: number, completed: number): number => (completed === 0 ? 0.5 : toStep(sum) / completed)

/** @returns the published `device_reputation` of protocol §9, 0..1, in steps of 10⁻⁶. */
export const reputationOf = (record: DeviceRecord): number => {
  const completed = record.validations
  const reputation = computeDeviceReputation({
    successfulTasks: record.successful,
    totalTasks: record.successful + record.failed,
    validationPasses: record.passes,
    totalValidations: record.validations,
    responseTimeScore: meanScore(record.responseScoreSum, completed),
    energyEfficiencyScore: meanScore(record.energyScoreSum, completed),
    slashingPenalty: 0,
  })
  return toStep(reputation)
}

/** A device's pay before its first committed reputation goes by this. */
export const INITIAL_REPUTATION = 0.5
