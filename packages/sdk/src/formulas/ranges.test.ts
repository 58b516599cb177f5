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
import vectors from './vectors/formulas.json' with { type: 'json' }

const notNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, '0.5', undefined, null]
const share = [...notNumbers, -1e-9, 1 + 1e-9]
const figure = [...notNumbers, -1e-9]
const limit = [...figure, 0]
const count = [...notNumbers, 0.5, 2 ** 53]
const amount = [-1n, 1, 0.5, '1', undefined, null]

type Ranges = { compute: (input: never) => unknown; valid: Record<string, unknown>; refused: Record<string, unknown[]> }

/** A value in range for every input, and values beside it that a formula must not compute with. */
const formulas: Record<keyof typeof vectors, Ranges> = {
  priority: {
    compute: computePriority,
    valid: { gstdBalance: 0, rewardAmount: 1, taskUrgency: 0.5, requesterReputation: 0.5 },
    refused: { gstdBalance: share, rewardAmount: share, taskUrgency: share, requesterReputation: share },
  },
  urgency: {
    compute: computeUrgency,
    valid: { nowMs: 5, deadlineMs: 0, horizonMs: 1 },
    refused: { nowMs: figure, deadlineMs: figure, horizonMs: limit.filter((value) => value !== undefined) },
  },
  device_score: {
    compute: computeDeviceScore,
    valid: { reputation: 1, availableEnergy: 0, latencyMs: 0, cachedModel: true, load: 1 },
    refused: { reputation: share, availableEnergy: share, latencyMs: figure, load: share },
  },
  reliability: {
    compute: computeReliability,
    valid: { successfulTasks: 3, validationPasses: 9, failedTasks: 1, slashingEvents: 0, totalTasks: 4 },
    refused: {
      successfulTasks: [...count, 5],
      validationPasses: count,
      failedTasks: [...count, 5],
      slashingEvents: count,
      totalTasks: [...count, 2],
    },
  },
  reward: {
    compute: computeFinalReward,
    valid: {
      baseNano: 0n,
      maxEnergyMwh: 1e-9,
      actualEnergyMwh: 0,
      timeLimitSec: 5,
      actualTimeSec: 1e6,
      deviceReputation: 1,
      energyBonusRate: 0,
      timeBonusRate: 0.1,
    },
    refused: {
      baseNano: amount,
      maxEnergyMwh: limit,
      actualEnergyMwh: figure,
      timeLimitSec: limit,
      actualTimeSec: figure,
      deviceReputation: share,
      energyBonusRate: [Number.NaN, -0.1],
      timeBonusRate: [Number.NaN, -0.1],
    },
  },
  slashing: {
    compute: computeSlashing,
    valid: { baseNano: 1n, severityMultiplier: 0, repetitionMultiplier: 100 },
    refused: {
      baseNano: amount.filter((value) => value !== undefined && value !== null),
      severityMultiplier: figure,
      repetitionMultiplier: figure,
    },
  },
  device_reputation: {
    compute: computeDeviceReputation,
    valid: {
      successfulTasks: 1,
      totalTasks: 1,
      validationPasses: 0,
      totalValidations: 0,
      responseTimeScore: 0,
      energyEfficiencyScore: 1,
      slashingPenalty: 7,
    },
    refused: {
      successfulTasks: [...count, 2],
      totalTasks: [...count, 0],
      validationPasses: [...count, 1],
      totalValidations: count,
      responseTimeScore: share,
      energyEfficiencyScore: share,
      slashingPenalty: figure,
    },
  },
  requester_reputation: {
    compute: computeRequesterReputation,
    valid: { completedTasks: 2, totalCreatedTasks: 2, averageValidationSuccessRate: 0, timelyPayments: 1 },
    refused: {
      completedTasks: [...count, 3],
      totalCreatedTasks: [...count, 1],
      averageValidationSuccessRate: share,
      timelyPayments: share,
    },
  },
  validation_cost: {
    compute: computeValidationCost,
    valid: {
      baseCostNano: 1n,
      majorityCount: 1,
      additionalDeviceCostNano: 1n,
      aiCheckCostNano: 1n,
      aiCheck: false,
      humanCheckCostNano: 1n,
      humanCheck: false,
    },
    refused: {
      baseCostNano: amount,
      majorityCount: [...count, 0],
      additionalDeviceCostNano: amount,
      aiCheckCostNano: amount,
      humanCheckCostNano: amount,
    },
  },
}

const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

describe.each(Object.entries(formulas))('%s', (name, { compute, valid, refused }) => {
  it('has a range for each number of its vectors', () => {
    const [vector] = vectors[name as keyof typeof vectors]
    const numbers = Object.entries(vector?.in ?? {}).flatMap(([key, value]) =>
      typeof value === 'boolean' ? [] : [camelCase(key)],
    )
    expect(Object.keys(refused)).toEqual(expect.arrayContaining(numbers))
  })

  it('computes at the edges of its ranges', () => {
    expect(['number', 'bigint']).toContain(typeof compute(valid as never))
  })

  it.each(Object.entries(refused))('refuses %s outside its range', (field, values) => {
    for (const value of values) {
      expect(() => compute({ ...valid, [field]: value } as never)).toThrow(
        expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }),
      )
    }
  })
})
