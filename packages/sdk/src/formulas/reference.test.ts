import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeDeviceReputation } from './computeDeviceReputation.ts'
import { computeDeviceScore } from './computeDeviceScore.ts'
import { computeFinalReward } from './computeFinalReward.ts'
import { computePriority } from './computePriority.ts'
import { computeReliability } from './computeReliability.ts'
import { computeRequesterReputation } from './computeRequesterReputation.ts'
import { computeSlashing } from './computeSlashing.ts'
import { computeUrgency } from './computeUrgency.ts'
import { computeValidationCost } from './computeValidationCost.ts'

/** An exact number of its own kind, so that nothing here shares a mistake with the formulas: numerator, denominator. */
type Exact = readonly [bigint, bigint]

const exact = (numerator: bigint | number, denominator: bigint | number = 1): Exact => [
  BigInt(numerator),
  BigInt(denominator),
]
const plus = (...terms: Exact[]): Exact => terms.reduce(([a, b], [c, d]) => [a * d + c * b, b * d], exact(0))
const minus = ([a, b]: Exact, [c, d]: Exact): Exact => [a * d - c * b, b * d]
const times = (...factors: Exact[]): Exact => factors.reduce(([a, b], [c, d]) => [a * c, b * d], exact(1))
const over = ([a, b]: Exact, [c, d]: Exact): Exact => [a * d, b * c]
const below = ([a, b]: Exact, [c, d]: Exact): boolean => a * d < c * b
const within = (value: Exact, min: Exact, max: Exact): Exact =>
  below(value, min) ? min : below(max, value) ? max : value
const share01 = (value: Exact): Exact => within(value, exact(0), exact(1))
const ratio = (part: number, total: number): Exact => (total === 0 ? exact(1, 2) : exact(part, total))
const tenths = (value: number): Exact => exact(value, 10)
/** Nothing here is negative, so division cuts off downwards. */
const floor = ([a, b]: Exact): bigint => a / b
const toNumber = ([a, b]: Exact): number => Number((a * 10n ** 15n) / b) / 1e15

/** A figure with three decimals: the number that a formula gets, and exactly what it says. */
type Figure = { value: number; is: Exact }
const figure = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((thousandths): Figure => ({
    value: thousandths / 1000,
    is: exact(thousandths, 1000),
  }))
const share = figure(0, 1)
const nano = fc.bigInt({ min: 0n, max: 10n ** 13n })
const partOf = fc.nat(2000).chain((total) => fc.record({ part: fc.nat(total), total: fc.constant(total) }))

const near = (actual: number, expected: Exact): void => {
  expect(Math.abs(actual - toNumber(expected))).toBeLessThanOrEqual(1e-9)
}
const runs = { numRuns: 500 }

describe('formulas against exact fractions', () => {
  it('priority', () => {
    fc.assert(
      fc.property(share, share, share, share, (gstd, reward, urgency, requester) => {
        const actual = computePriority({
          gstdBalance: gstd.value,
          rewardAmount: reward.value,
          taskUrgency: urgency.value,
          requesterReputation: requester.value,
        })
        const terms: [number, Figure][] = [
          [4, gstd],
          [3, reward],
          [2, urgency],
          [1, requester],
        ]
        near(actual, plus(...terms.map(([weight, { is }]) => times(tenths(weight), is))))
      }),
      runs,
    )
  })

  it('urgency', () => {
    const moment = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_200_000 })
    fc.assert(
      fc.property(moment, moment, fc.integer({ min: 1, max: 100_000 }), (nowMs, deadlineMs, horizonMs) => {
        const left = exact(deadlineMs - nowMs, horizonMs)
        near(computeUrgency({ nowMs, deadlineMs, horizonMs }), share01(minus(exact(1), left)))
      }),
      runs,
    )
  })

  it('device_score', () => {
    fc.assert(
      fc.property(
        share,
        share,
        fc.nat(1200),
        fc.boolean(),
        share,
        (reputation, energy, latencyMs, cachedModel, load) => {
          const actual = computeDeviceScore({
            reputation: reputation.value,
            availableEnergy: energy.value,
            latencyMs,
            cachedModel,
            load: load.value,
          })
          const nearness = minus(exact(1), share01(exact(latencyMs, 500)))
          const gained = plus(
            times(tenths(4), reputation.is),
            times(tenths(2), energy.is),
            times(tenths(1), nearness),
            times(tenths(2), exact(cachedModel ? 1 : 0)),
          )
          near(actual, minus(gained, times(tenths(1), load.is)))
        },
      ),
      runs,
    )
  })

  it('reliability', () => {
    fc.assert(
      fc.property(partOf, fc.nat(2000), fc.nat(20), ({ part, total }, validationPasses, slashingEvents) => {
        const failedTasks = total - part
        const counts = { successfulTasks: part, validationPasses, failedTasks, slashingEvents, totalTasks: total }
        const gained = plus(times(tenths(6), exact(part)), times(tenths(4), exact(validationPasses)))
        const lost = plus(times(tenths(5), exact(failedTasks)), exact(slashingEvents))
        const score = total === 0 ? exact(1, 2) : share01(over(minus(gained, lost), exact(total)))
        near(computeReliability(counts), score)
      }),
      runs,
    )
  })

  it('reward, to the nano', () => {
    const limits = fc.record({
      maxEnergy: figure(1, 50),
      energy: figure(0, 60),
      limit: figure(1, 5),
      time: figure(0, 8),
    })
    fc.assert(
      fc.property(nano, limits, share, (baseNano, { maxEnergy, energy, limit, time }, reputation) => {
        const bonus = (max: Exact, actual: Exact) => times(share01(over(minus(max, actual), max)), tenths(1))
        const earned = plus(exact(1), bonus(maxEnergy.is, energy.is), bonus(limit.is, time.is))
        const standing = plus(exact(1), times(tenths(2), minus(reputation.is, exact(1, 2))))
        const actual = computeFinalReward({
          baseNano,
          maxEnergyMwh: maxEnergy.value,
          actualEnergyMwh: energy.value,
          timeLimitSec: limit.value,
          actualTimeSec: time.value,
          deviceReputation: reputation.value,
        })
        expect(actual).toBe(floor(times(exact(baseNano), earned, standing)))
      }),
      runs,
    )
  })

  it('slashing, to the nano', () => {
    const multiplier = figure(0, 20)
    fc.assert(
      fc.property(nano, multiplier, multiplier, (baseNano, severity, repetition) => {
        const actual = computeSlashing({
          baseNano,
          severityMultiplier: severity.value,
          repetitionMultiplier: repetition.value,
        })
        const severe = within(severity.is, exact(1), exact(5))
        const repeated = within(repetition.is, exact(1), exact(10))
        expect(actual).toBe(floor(times(exact(baseNano), severe, repeated)))
      }),
      runs,
    )
  })

  it('device_reputation', () => {
    fc.assert(
      fc.property(partOf, partOf, share, share, figure(0, 1), (tasks, validations, time, energy, penalty) => {
        const actual = computeDeviceReputation({
          successfulTasks: tasks.part,
          totalTasks: tasks.total,
          validationPasses: validations.part,
          totalValidations: validations.total,
          responseTimeScore: time.value,
          energyEfficiencyScore: energy.value,
          slashingPenalty: penalty.value,
        })
        const gained = plus(
          times(tenths(5), ratio(tasks.part, tasks.total)),
          times(tenths(3), ratio(validations.part, validations.total)),
          times(tenths(1), time.is),
          times(tenths(1), energy.is),
        )
        near(actual, share01(minus(gained, within(penalty.is, exact(0), exact(1, 2)))))
      }),
      runs,
    )
  })

  it('requester_reputation', () => {
    fc.assert(
      fc.property(partOf, share, share, ({ part, total }, success, timely) => {
        const actual = computeRequesterReputation({
          completedTasks: part,
          totalCreatedTasks: total,
          averageValidationSuccessRate: success.value,
          timelyPayments: timely.value,
        })
        near(
          actual,
          plus(times(tenths(6), ratio(part, total)), times(tenths(3), success.is), times(tenths(1), timely.is)),
        )
      }),
      runs,
    )
  })

  it('validation_cost, to the nano', () => {
    const costs = fc.record({
      baseCostNano: nano,
      majorityCount: fc.integer({ min: 1, max: 15 }),
      additionalDeviceCostNano: nano,
      aiCheckCostNano: nano,
      aiCheck: fc.boolean(),
      humanCheckCostNano: nano,
      humanCheck: fc.boolean(),
    })
    fc.assert(
      fc.property(costs, (input) => {
        let expected = input.baseCostNano
        for (let further = 1; further < input.majorityCount; further++) expected += input.additionalDeviceCostNano
        if (input.aiCheck) expected += input.aiCheckCostNano
        if (input.humanCheck) expected += input.humanCheckCostNano
        expect(computeValidationCost(input)).toBe(expected)
      }),
      runs,
    )
  })
})
