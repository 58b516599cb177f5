import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeFinalReward } from './computeFinalReward.ts'
import { computeMaximumReward } from './computeMaximumReward.ts'
import { computeReservation } from './computeReservation.ts'
import { computeSlashing, repetitionMultiplier } from './computeSlashing.ts'
import { computeValidationCost } from './computeValidationCost.ts'
import { floorFraction, fractionOf } from './fraction.ts'

const refusal = expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' })
const baseNano = fc.bigInt({ min: 0n, max: 10n ** 15n })
const thousandths = (min: number, max: number) => fc.integer({ min: min * 1000, max: max * 1000 })

/** The reward again, in another way: everything in thousandths, one division at the end. */
const rewardInThousandths = (
  base: bigint,
  figures: Record<'maxE' | 'e' | 'maxT' | 't' | 'reputation', number>,
): bigint => {
  const unused = (max: number, actual: number) => BigInt(Math.max(0, max - actual))
  const [maxE, maxT] = [BigInt(figures.maxE), BigInt(figures.maxT)]
  const tenths = 10n * maxE * maxT + unused(figures.maxE, figures.e) * maxT + unused(figures.maxT, figures.t) * maxE
  const standing = 10_000n + 2n * (BigInt(figures.reputation) - 500n)
  return (base * tenths * standing) / (10n * maxE * maxT * 10_000n)
}

describe('computeFinalReward', () => {
  const figures = fc.record({
    maxE: thousandths(1, 50),
    e: thousandths(0, 60),
    maxT: thousandths(1, 5),
    t: thousandths(0, 8),
    reputation: thousandths(0, 1),
  })

  it('equals an independent computation in whole thousandths, to the nano', () => {
    fc.assert(
      fc.property(baseNano, figures, (base, f) => {
        const reward = computeFinalReward({
          baseNano: base,
          maxEnergyMwh: f.maxE / 1000,
          actualEnergyMwh: f.e / 1000,
          timeLimitSec: f.maxT / 1000,
          actualTimeSec: f.t / 1000,
          deviceReputation: f.reputation / 1000,
        })
        expect(reward).toBe(rewardInThousandths(base, f))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes any doubles, and stays within 0.9..1.32 of the base', () => {
    const figure = fc.double({ min: 0, max: 1e6, noNaN: true })
    const limit = fc.double({ min: 1e-9, max: 1e6, noNaN: true })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(baseNano, limit, figure, limit, figure, share, (base, maxE, e, maxT, t, deviceReputation) => {
        const limits = { maxEnergyMwh: maxE, actualEnergyMwh: e, timeLimitSec: maxT, actualTimeSec: t }
        const reward = computeFinalReward({ baseNano: base, ...limits, deviceReputation })
        expect(reward).toBeGreaterThanOrEqual((base * 9n) / 10n)
        expect(reward).toBeLessThanOrEqual(computeMaximumReward(base))
      }),
    )
  })

  const input = {
    baseNano: 10_000_000n,
    maxEnergyMwh: 20,
    actualEnergyMwh: 10,
    timeLimitSec: 5,
    actualTimeSec: 2.5,
    deviceReputation: 0.5,
  }

  it('computes with the decimals as written, not with the doubles beside them', () => {
    // 1 − 0.9 is 0.09999999999999998 in doubles, which would floor to a nano less.
    const exact = { baseNano: 10n, maxEnergyMwh: 1, actualEnergyMwh: 1, timeLimitSec: 1, actualTimeSec: 0.9 }
    expect(computeFinalReward({ ...exact, deviceReputation: 0.5, timeBonusRate: 1 })).toBe(11n)
  })

  it('lets a call and the network name the rates', () => {
    expect(computeFinalReward(input)).toBe(11_000_000n)
    expect(computeFinalReward({ ...input, energyBonusRate: 0.05 })).toBe(10_750_000n)
    expect(computeFinalReward({ ...input, energyBonusRate: 0, timeBonusRate: 0 })).toBe(10_000_000n)
    const rates = { energy_bonus: 0, time_bonus: 0, reputation_span: 1 }
    expect(computeFinalReward({ ...input, deviceReputation: 1 }, rates)).toBe(15_000_000n)
  })

  it.each([
    { baseNano: -1n },
    { maxEnergyMwh: 0 },
    { timeLimitSec: Number.NaN },
    { actualTimeSec: -0.001 },
    { actualEnergyMwh: Number.POSITIVE_INFINITY },
    { deviceReputation: 1.000001 },
    { energyBonusRate: -0.1 },
  ])('refuses %o', (change) => {
    expect(() => computeFinalReward({ ...input, ...change })).toThrow(refusal)
  })
})

describe('computeReservation', () => {
  const task = { baseNano: 10_000_000n, tariffNano: 100_000n, redundancy: 3, maxDevices: 6 }

  it('is the table of the protocol', () => {
    expect(computeMaximumReward(10_000_000n)).toBe(13_200_000n)
    expect(computeReservation({ ...task, validation: 'reference' })).toBe(39_700_000n)
    expect(computeReservation({ ...task, validation: 'majority' })).toBe(79_300_000n)
  })

  it.each(['ai_check', 'human'] as const)('refuses %s, which is not offered yet', (validation) => {
    expect(() => computeReservation({ ...task, validation })).toThrow(
      expect.objectContaining({ code: 'FEATURE_NOT_OFFERED' }),
    )
  })

  it('refuses fewer devices than answers', () => {
    expect(() => computeReservation({ ...task, validation: 'majority', maxDevices: 2 })).toThrow(refusal)
  })
})

describe('computeSlashing', () => {
  it('lies within base..50·base and grows with both multipliers', () => {
    const tenths = fc.integer({ min: 0, max: 200 })
    fc.assert(
      fc.property(baseNano, tenths, tenths, (base, severity, repetition) => {
        const slash = (s: number, r: number) =>
          computeSlashing({ baseNano: base, severityMultiplier: s / 10, repetitionMultiplier: r / 10 })
        expect(slash(severity, repetition)).toBeGreaterThanOrEqual(base)
        expect(slash(severity, repetition)).toBeLessThanOrEqual(base * 50n)
        expect(slash(severity + 1, repetition + 1)).toBeGreaterThanOrEqual(slash(severity, repetition))
      }),
    )
  })

  it('takes 1 GSTD where no base is named', () => {
    expect(computeSlashing({ severityMultiplier: 3, repetitionMultiplier: 2 })).toBe(6_000_000_000n)
  })

  it('doubles with each repetition, up to 10', () => {
    expect([0, 1, 2, 3, 4, 4000].map((earlier) => repetitionMultiplier(earlier))).toEqual([1, 2, 4, 8, 10, 10])
  })

  it('refuses NaN', () => {
    expect(() => computeSlashing({ severityMultiplier: Number.NaN, repetitionMultiplier: 1 })).toThrow(refusal)
  })
})

describe('computeValidationCost', () => {
  const costs = {
    baseCostNano: 7n,
    majorityCount: 1,
    additionalDeviceCostNano: 100n,
    aiCheckCostNano: 1_000n,
    aiCheck: false,
    humanCheckCostNano: 10_000n,
    humanCheck: false,
  }

  it('adds only what is asked for', () => {
    expect(computeValidationCost(costs)).toBe(7n)
    expect(computeValidationCost({ ...costs, majorityCount: 3, aiCheck: true })).toBe(1_207n)
    expect(computeValidationCost({ ...costs, humanCheck: true })).toBe(10_007n)
  })

  it.each([{ majorityCount: 0 }, { majorityCount: 2.5 }, { aiCheckCostNano: -1n }])('refuses %o', (change) => {
    expect(() => computeValidationCost({ ...costs, ...change })).toThrow(refusal)
  })
})

describe('fractionOf', () => {
  it('is the decimal that prints', () => {
    expect(fractionOf(0.1)).toEqual({ numerator: 1n, denominator: 10n })
    expect(fractionOf(1e-7)).toEqual({ numerator: 1n, denominator: 10_000_000n })
    expect(fractionOf(-1.5e21)).toEqual({ numerator: -1_500_000_000_000_000_000_000n, denominator: 1n })
    expect(() => fractionOf(Number.NaN)).toThrow(refusal)
  })

  it('reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { numerator, denominator } = fractionOf(value)
        const zeros = denominator.toString().length - 1
        expect(Number(`${numerator}e-${zeros}`)).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  it('floors towards minus infinity', () => {
    expect(floorFraction(fractionOf(-0.5))).toBe(-1n)
    expect(floorFraction(fractionOf(-2))).toBe(-2n)
    expect(floorFraction(fractionOf(2.9))).toBe(2n)
  })
})
