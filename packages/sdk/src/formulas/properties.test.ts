import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeDeviceReputation, type DeviceReputationInput } from './computeDeviceReputation.ts'
import { computeDeviceScore } from './computeDeviceScore.ts'
import { computePriority, type PriorityInput } from './computePriority.ts'
import { computeReliability } from './computeReliability.ts'
import { computeRequesterReputation } from './computeRequesterReputation.ts'
import { computeUrgency } from './computeUrgency.ts'
import { balanceShare, rewardShare } from './priorityShares.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const parts = fc.nat(10_000).chain((total) => fc.record({ part: fc.nat(total), total: fc.constant(total) }))
const EPSILON = 1e-12

describe('computePriority', () => {
  const input: fc.Arbitrary<PriorityInput> = fc.record({
    gstdBalance: share,
    rewardAmount: share,
    taskUrgency: share,
    requesterReputation: share,
  })

  it('stays in 0..1 with any weights', () => {
    const weight = fc.double({ min: 0.001, max: 10, noNaN: true })
    const weights = fc.record({ gstd: weight, reward: weight, urgency: weight, requester_reputation: weight })
    fc.assert(
      fc.property(input, weights, (terms, chosen) => {
        const priority = computePriority(terms, chosen)
        expect(priority).toBeGreaterThanOrEqual(0)
        expect(priority).toBeLessThanOrEqual(1 + EPSILON)
      }),
    )
  })

  it('never falls when a term rises', () => {
    const key = fc.constantFrom<(keyof PriorityInput)[]>(
      'gstdBalance',
      'rewardAmount',
      'taskUrgency',
      'requesterReputation',
    )
    fc.assert(
      fc.property(input, key, share, (terms, raised, value) => {
        const higher = { ...terms, [raised]: Math.max(terms[raised], value) }
        expect(computePriority(higher)).toBeGreaterThanOrEqual(computePriority(terms) - EPSILON)
      }),
    )
  })

  it.each([Number.NaN, -0.001, 1.001, Number.POSITIVE_INFINITY])('refuses a term of %s', (value) => {
    const terms = { gstdBalance: value, rewardAmount: 0, taskUrgency: 0, requesterReputation: 0 }
    expect(() => computePriority(terms)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })

  it('refuses weights that are all 0', () => {
    const terms = { gstdBalance: 1, rewardAmount: 0, taskUrgency: 0, requesterReputation: 0 }
    const weights = { gstd: 0, reward: 0, urgency: 0, requester_reputation: 0 }
    expect(() => computePriority(terms, weights)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })
})

describe('shares of the priority', () => {
  it('saturate at 10,000 GSTD and 0.05 TON', () => {
    expect(balanceShare(2_500_000_000_000n)).toBe(0.25)
    expect(balanceShare(10n ** 20n)).toBe(1)
    expect(rewardShare(10_000_000n)).toBe(0.2)
    expect(rewardShare(50_000_001n)).toBe(1)
    expect(() => rewardShare(-1n)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })
})

describe('computeUrgency', () => {
  it('stays in 0..1 and never falls as time goes on', () => {
    const moment = fc.nat(10_000_000)
    fc.assert(
      fc.property(
        moment,
        moment,
        fc.nat(100_000),
        fc.integer({ min: 1, max: 1_000_000 }),
        (nowMs, deadlineMs, laterMs, horizonMs) => {
          const urgency = computeUrgency({ nowMs, deadlineMs, horizonMs })
          const later = computeUrgency({ nowMs: nowMs + laterMs, deadlineMs, horizonMs })
          expect(urgency).toBeGreaterThanOrEqual(0)
          expect(later).toBeLessThanOrEqual(1)
          expect(later).toBeGreaterThanOrEqual(urgency)
        },
      ),
    )
  })

  it('takes a minute where no horizon is named', () => {
    expect(computeUrgency({ nowMs: 0, deadlineMs: 15_000 })).toBe(0.75)
  })

  it('refuses a horizon of 0', () => {
    expect(() => computeUrgency({ nowMs: 0, deadlineMs: 1, horizonMs: 0 })).toThrow(
      expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }),
    )
  })
})

describe('computeDeviceScore', () => {
  it('stays within what its weights allow, and prefers the nearer, the idler, the one with the model', () => {
    const input = fc.record({
      reputation: share,
      availableEnergy: share,
      latencyMs: fc.nat(5_000),
      cachedModel: fc.boolean(),
      load: share,
    })
    fc.assert(
      fc.property(input, (device) => {
        const score = computeDeviceScore(device)
        expect(score).toBeGreaterThanOrEqual(-0.1 - EPSILON)
        expect(score).toBeLessThanOrEqual(0.9 + EPSILON)
        expect(computeDeviceScore({ ...device, latencyMs: 0, cachedModel: true, load: 0 })).toBeGreaterThanOrEqual(
          score,
        )
      }),
    )
  })

  it('refuses a load above 1', () => {
    const device = { reputation: 1, availableEnergy: 1, latencyMs: 0, cachedModel: true, load: 1.5 }
    expect(() => computeDeviceScore(device)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })
})

describe('computeReliability', () => {
  it('stays in 0..1 and falls with slashing', () => {
    fc.assert(
      fc.property(parts, fc.nat(10_000), fc.nat(50), ({ part, total }, passes, slashingEvents) => {
        const counts = { successfulTasks: part, validationPasses: passes, failedTasks: total - part, totalTasks: total }
        const reliability = computeReliability({ ...counts, slashingEvents })
        expect(reliability).toBeGreaterThanOrEqual(0)
        expect(reliability).toBeLessThanOrEqual(computeReliability({ ...counts, slashingEvents: 0 }))
      }),
    )
  })

  it('is 0.5 without history', () => {
    const none = { successfulTasks: 0, validationPasses: 0, failedTasks: 0, slashingEvents: 0, totalTasks: 0 }
    expect(computeReliability(none)).toBe(0.5)
  })

  it('refuses more successes than tasks', () => {
    const counts = { successfulTasks: 2, validationPasses: 0, failedTasks: 0, slashingEvents: 0, totalTasks: 1 }
    expect(() => computeReliability(counts)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })
})

describe('reputations', () => {
  const device: fc.Arbitrary<DeviceReputationInput> = fc
    .record({
      tasks: parts,
      validations: parts,
      time: share,
      energy: share,
      penalty: fc.double({ min: 0, max: 3, noNaN: true }),
    })
    .map(({ tasks, validations, time, energy, penalty }) => ({
      successfulTasks: tasks.part,
      totalTasks: tasks.total,
      validationPasses: validations.part,
      totalValidations: validations.total,
      responseTimeScore: time,
      energyEfficiencyScore: energy,
      slashingPenalty: penalty,
    }))

  it('a device stays in 0..1, and a penalty counts up to 0.5', () => {
    fc.assert(
      fc.property(device, (input) => {
        const reputation = computeDeviceReputation(input)
        const unslashed = computeDeviceReputation({ ...input, slashingPenalty: 0 })
        expect(reputation).toBeGreaterThanOrEqual(Math.max(0, unslashed - 0.5 - EPSILON))
        expect(reputation).toBeLessThanOrEqual(unslashed)
        expect(unslashed).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('a new device and a new requester start from the middle', () => {
    const scores = { responseTimeScore: 0.5, energyEfficiencyScore: 0.5, slashingPenalty: 0 }
    const none = { successfulTasks: 0, totalTasks: 0, validationPasses: 0, totalValidations: 0, ...scores }
    expect(computeDeviceReputation(none)).toBeCloseTo(0.5, 12)
    const requester = {
      completedTasks: 0,
      totalCreatedTasks: 0,
      averageValidationSuccessRate: 0.5,
      timelyPayments: 0.5,
    }
    expect(computeRequesterReputation(requester)).toBeCloseTo(0.5, 12)
  })

  it('a requester stays in 0..1 and never falls with a completed task', () => {
    fc.assert(
      fc.property(parts, share, share, ({ part, total }, averageValidationSuccessRate, timelyPayments) => {
        const rest = { averageValidationSuccessRate, timelyPayments, totalCreatedTasks: total + 1 }
        const before = computeRequesterReputation({ completedTasks: part, ...rest })
        const after = computeRequesterReputation({ completedTasks: part + 1, ...rest })
        expect(before).toBeGreaterThanOrEqual(0)
        expect(after).toBeGreaterThanOrEqual(before)
        expect(after).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('refuses a fractional count and a share above 1', () => {
    const rest = { averageValidationSuccessRate: 0.5, timelyPayments: 0.5 }
    const refusal = expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' })
    expect(() => computeRequesterReputation({ completedTasks: 0.5, totalCreatedTasks: 1, ...rest })).toThrow(refusal)
    expect(() =>
      computeRequesterReputation({ completedTasks: 0, totalCreatedTasks: 1, ...rest, timelyPayments: 1.1 }),
    ).toThrow(refusal)
  })
})
