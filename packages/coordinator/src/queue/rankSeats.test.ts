import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultParameters } from '@gstd/sdk'
import { priorityOf, rankSeats, type RankedTerms } from './rankSeats.ts'

const weights = defaultParameters.weights.priority
const terms = (changes: Partial<RankedTerms> = {}): RankedTerms => ({
  gstdShare: 0,
  rewardShare: 0.2,
  requesterReputation: 0.5,
  deadlineMs: 1_000_000,
  receivedAtMs: 0,
  ...changes,
})

describe('priorityOf', () => {
  it('is the weighted sum of protocol §9, and grows as the deadline comes near', () => {
    const seat = terms({ gstdShare: 0.5, rewardShare: 0.4, requesterReputation: 0.8, deadlineMs: 100_000 })
    expect(priorityOf(seat, 0, weights)).toBeCloseTo(0.4 * 0.5 + 0.3 * 0.4 + 0.1 * 0.8, 12)
    expect(priorityOf(seat, 70_000, weights)).toBeCloseTo(0.4 * 0.5 + 0.3 * 0.4 + 0.2 * 0.5 + 0.1 * 0.8, 12)
  })
})

describe('rankSeats', () => {
  it('puts the higher priority first, the longer waiting first among equals', () => {
    const low = terms()
    const high = terms({ rewardShare: 1, receivedAtMs: 5 })
    const older = terms({ rewardShare: 1, receivedAtMs: 2 })
    expect(rankSeats([low, high, older], 0, 0, weights)).toEqual([older, high, low])
  })

  it('gives every tenth dispatch to the longest waiting', () => {
    const poor = terms({ rewardShare: 0, receivedAtMs: 0 })
    const rich = Array.from({ length: 20 }, (_, index) => terms({ rewardShare: 1, receivedAtMs: index + 1 }))
    expect(rankSeats([...rich, poor], 0, 0, weights).indexOf(poor)).toBe(9)
    expect(rankSeats([...rich, poor], 0, 9, weights).indexOf(poor)).toBe(0)
  })

  it('loses nothing and adds nothing', () => {
    const seats = fc.array(
      fc.record({
        rewardShare: fc.double({ min: 0, max: 1, noNaN: true }),
        receivedAtMs: fc.nat(1000),
        deadlineMs: fc.nat(200_000),
      }),
    )
    fc.assert(
      fc.property(seats, fc.nat(100), fc.nat(100_000), (specs, dispatched, nowMs) => {
        const input = specs.map((spec) => terms(spec))
        const ranked = rankSeats(input, nowMs, dispatched, weights)
        expect(new Set(ranked)).toEqual(new Set(input))
        expect(ranked).toHaveLength(input.length)
      }),
    )
  })
})
