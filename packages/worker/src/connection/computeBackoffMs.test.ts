import { describe, expect, it } from 'vitest'
import { computeBackoffMs } from './computeBackoffMs.ts'

describe('computeBackoffMs', () => {
  it('doubles up to 20 s, less a random half', () => {
    expect([1, 2, 3, 4, 7, 8, 1000].map((failures) => computeBackoffMs(failures, 1))).toEqual([
      250, 500, 1000, 2000, 16_000, 20_000, 20_000,
    ])
    expect([1, 8].map((failures) => computeBackoffMs(failures, 0))).toEqual([125, 10_000])
  })
})
