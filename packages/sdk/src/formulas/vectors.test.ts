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

type Value = number | string | boolean
type Vector = { in: Record<string, Value>; out?: number; out_nano?: string }
type CamelKey<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelKey<Tail>>}`
  : Key
type CamelInput<Input> = {
  [Key in keyof Input & string as CamelKey<Key>]: Key extends `${string}_nano` ? bigint : Input[Key]
}

const camelCase = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

const camelInput = <Input extends Record<string, Value>>(input: Input): CamelInput<Input> =>
  Object.fromEntries(
    Object.entries(input).map(([key, value]) => [
      camelCase(key),
      key.endsWith('_nano') && typeof value === 'string' ? BigInt(value) : value,
    ]),
  ) as CamelInput<Input>

const run = <Row extends Vector>(
  name: string,
  rows: readonly Row[],
  compute: (input: CamelInput<Row['in']>) => number | bigint,
): void => {
  describe(`vectors of ${name}`, () => {
    it.each(rows.map((row, index) => ({ index, row })))('$index', ({ row }) => {
      const result = compute(camelInput<Row['in']>(row.in))
      if (row.out_nano !== undefined) expect(result).toBe(BigInt(row.out_nano))
      else expect(Math.abs(Number(result) - (row.out ?? Number.NaN))).toBeLessThanOrEqual(1e-9)
    })
  })
}

run('priority', vectors.priority, computePriority)
run('urgency', vectors.urgency, computeUrgency)
run('device_score', vectors.device_score, computeDeviceScore)
run('reliability', vectors.reliability, computeReliability)
run('reward', vectors.reward, computeFinalReward)
run('slashing', vectors.slashing, computeSlashing)
run('device_reputation', vectors.device_reputation, computeDeviceReputation)
run('requester_reputation', vectors.requester_reputation, computeRequesterReputation)
run('validation_cost', vectors.validation_cost, computeValidationCost)
