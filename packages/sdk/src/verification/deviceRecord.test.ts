import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seatEndReasons } from '../log/entries.ts'
import {
  type Completion,
  completionOf,
  type DeviceRecord,
  INITIAL_REPUTATION,
  isBlamed,
  isJudged,
  newDeviceRecord,
  reputationOf,
  withCompletion,
  withFailure,
} from './deviceRecord.ts'

const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1e6)
const completion: fc.Arbitrary<Completion> = fc.record({
  agreed: fc.boolean(),
  responseScore: share,
  energyScore: share,
})
const event = fc.oneof(completion, fc.constant('failure' as const))
const history = fc.array(event, { maxLength: 60 })

const recordOf = (events: readonly (Completion | 'failure')[]): DeviceRecord =>
  events.reduce(
    (record, each) => (each === 'failure' ? withFailure(record) : withCompletion(record, each)),
    newDeviceRecord,
  )

/** Protocol §9 again, counted from the events themselves. */
const formula = (events: readonly (Completion | 'failure')[]): number => {
  const judged = events.filter((each) => each !== 'failure')
  const agreed = judged.filter((each) => each.agreed).length
  const ratio = (part: number, total: number) => (total === 0 ? 0.5 : part / total)
  const mean = (scores: readonly number[]) =>
    ratio(
      scores.reduce((sum, score) => sum + score, 0),
      scores.length,
    )
  return (
    0.5 * ratio(agreed, events.length) +
    0.3 * ratio(agreed, judged.length) +
    0.1 * mean(judged.map(({ responseScore }) => responseScore)) +
    0.1 * mean(judged.map(({ energyScore }) => energyScore))
  )
}

describe('reputationOf', () => {
  it('is the formula of protocol §9 over the history, in steps of 10⁻⁶', () => {
    fc.assert(
      fc.property(history, (events) => {
        const reputation = reputationOf(recordOf(events))
        expect(reputation).toBeGreaterThanOrEqual(0)
        expect(reputation).toBeLessThanOrEqual(1)
        expect(Math.abs(reputation - formula(events))).toBeLessThanOrEqual(0.5e-6 + 1e-12)
        expect(Number(reputation.toFixed(6))).toBe(reputation)
      }),
    )
  })

  it('never rises with a failure, nor falls with an agreeing execution of full score', () => {
    const best: Completion = { agreed: true, responseScore: 1, energyScore: 1 }
    fc.assert(
      fc.property(
        history.filter((events) => events.length > 0),
        (events) => {
          const record = recordOf(events)
          expect(reputationOf(withFailure(record))).toBeLessThanOrEqual(reputationOf(record))
          expect(reputationOf(withCompletion(record, best))).toBeGreaterThanOrEqual(reputationOf(record) - 1e-6)
        },
      ),
    )
  })

  it('does not depend on the order of the history, nor on how its parts were added up', () => {
    // Whole milliseconds of 2.5 s, thousandths of 20 mWh: such scores often lie exactly between two steps of the result.
    const coarse = fc.array(
      fc.record({
        agreed: fc.boolean(),
        responseScore: fc.nat(2500).map((ms) => (ms * 400) / 1e6),
        energyScore: fc.nat(20_000).map((steps) => (steps * 50) / 1e6),
      }),
      { minLength: 3, maxLength: 40 },
    )
    fc.assert(
      fc.property(coarse, fc.nat(40), (events, at) => {
        const whole = recordOf(events)
        const [one, other] = [recordOf(events.slice(0, at)), recordOf(events.slice(at))]
        const keys = Object.keys(whole) as (keyof DeviceRecord)[]
        const added = Object.fromEntries(keys.map((key) => [key, other[key] + one[key]])) as DeviceRecord
        expect(reputationOf(recordOf(events.toReversed()))).toBe(reputationOf(whole))
        expect(reputationOf(added)).toBe(reputationOf(whole))
      }),
      { numRuns: 3000 },
    )
  })

  it('begins in the middle', () => {
    expect(reputationOf(newDeviceRecord)).toBe(INITIAL_REPUTATION)
  })
})

describe('completionOf', () => {
  const constraints = { time_limit_sec: 2, max_energy_mwh: 20 }

  it('is what was left of the limits', () => {
    const seat = { agreed: true, observed_ms: 500, counted_energy_mwh: 15 }
    expect(completionOf(seat, constraints)).toEqual({ agreed: true, responseScore: 0.75, energyScore: 0.25 })
  })

  it('is held in steps of 10⁻⁶', () => {
    const seat = { agreed: true, observed_ms: 1, counted_energy_mwh: 0.1 }
    expect(completionOf(seat, { time_limit_sec: 3, max_energy_mwh: 30 })).toMatchObject({
      responseScore: 0.999667,
      energyScore: 0.996667,
    })
  })

  it('is never under 0 nor over 1', () => {
    const figure = fc.double({ min: 0, max: 1e9, noNaN: true })
    fc.assert(
      fc.property(figure, figure, (observed_ms, counted_energy_mwh) => {
        const { responseScore, energyScore } = completionOf(
          { agreed: false, observed_ms, counted_energy_mwh },
          constraints,
        )
        for (const score of [responseScore, energyScore]) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})

describe('what counts', () => {
  it('blames a device for everything but the requester’s inputs', () => {
    expect(seatEndReasons.filter((reason) => !isBlamed(reason))).toEqual(['input_unavailable'])
  })

  it('judges no answer of a task that ran out of time', () => {
    expect(isJudged({ outcome: 'accepted' })).toBe(true)
    expect(isJudged({ outcome: 'failed', reason: 'TASK_NO_AGREEMENT' })).toBe(true)
    for (const reason of ['TASK_EXPIRED', 'TASK_ATTEMPTS_EXHAUSTED', 'TASK_CANCELLED']) {
      expect(isJudged({ outcome: 'failed', reason })).toBe(false)
    }
  })
})
