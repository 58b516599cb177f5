import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  newRequesterRecord,
  type RequesterRecord,
  requesterReputationOf,
  withTask,
  withVerdict,
} from './requesterRecord.ts'

/** What became of a task: it waits still or was cancelled, or has a verdict. */
const fate = fc.constantFrom('none', 'accepted', 'failed')
type Fate = 'none' | 'accepted' | 'failed'

const recordOf = (fates: readonly Fate[]): RequesterRecord =>
  fates.reduce((record, outcome) => {
    const created = withTask(record)
    return outcome === 'none' ? created : withVerdict(created, { outcome })
  }, newRequesterRecord)

describe('requesterReputationOf', () => {
  it('is the formula of protocol §9 over the history, in steps of 10⁻⁶', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 60 }), (fates) => {
        const completed = fates.filter((each) => each !== 'none').length
        const succeeded = fates.filter((each) => each === 'accepted').length
        const ratio = (part: number, total: number) => (total === 0 ? 0.5 : part / total)
        const expected = 0.6 * ratio(completed, fates.length) + 0.3 * ratio(succeeded, completed) + 0.1
        const reputation = requesterReputationOf(recordOf(fates))
        expect(Math.abs(reputation - expected)).toBeLessThanOrEqual(0.5e-6 + 1e-12)
        expect(Number(reputation.toFixed(6))).toBe(reputation)
        expect(requesterReputationOf(recordOf(fates.toReversed()))).toBe(reputation)
      }),
    )
  })

  it.each([
    [[], 0.55],
    [['none'], 0.25],
    [['accepted'], 1],
    [['failed'], 0.7],
    [['accepted', 'failed', 'none'], 0.65],
  ] as [Fate[], number][])('of %j is %d', (fates, expected) => {
    expect(requesterReputationOf(recordOf(fates))).toBe(expected)
  })

  it('refuses counts that cannot be', () => {
    expect(() => requesterReputationOf({ created: 1, completed: 2, succeeded: 1 })).toThrow(/completedTasks/)
    expect(() => requesterReputationOf({ created: 2, completed: 1, succeeded: 2 })).toThrow(/averageValidation/)
  })
})
