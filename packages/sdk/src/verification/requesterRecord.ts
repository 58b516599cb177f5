import { computeRequesterReputation } from '../formulas/computeRequesterReputation.ts'
import type { LogBody } from '../log/entries.ts'
import { toStep } from './toStep.ts'

/** What a requester's tasks have come to so far: all that its published reputation is made of. */
export type RequesterRecord = {
  /** Tasks that were taken in. */
  created: number
  /** Those with a verdict, whatever it says. */
  completed: number
  /** Those with an accepted result. */
  succeeded: number
}

/** A requester of whom no task was taken in yet. */
export const newRequesterRecord: RequesterRecord = { created: 0, completed: 0, succeeded: 0 }

/** Adds a task that was taken in. */
export const withTask = (record: RequesterRecord): RequesterRecord => ({ ...record, created: record.created + 1 })

/** Adds a verdict. */
export const withVerdict = (
  record: RequesterRecord,
  { outcome }: Pick<LogBody<'verdict'>, 'outcome'>,
): RequesterRecord => ({
  ...record,
  completed: record.completed + 1,
  succeeded: record.succeeded + (outcome === 'accepted' ? 1 : 0),
})

/**
 * @returns the published `requester_reputation` of protocol §9, 0..1, in steps of 10⁻⁶; its share of timely payments is
 * 1, since an authorisation cannot be withheld
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for more verdicts than tasks, or more results than verdicts
 */
export const requesterReputationOf = ({ created, completed, succeeded }: RequesterRecord): number =>
  toStep(
    computeRequesterReputation({
      completedTasks: completed,
      totalCreatedTasks: created,
      averageValidationSuccessRate: completed === 0 ? 0.5 : succeeded / completed,
      timelyPayments: 1,
    }),
  )
