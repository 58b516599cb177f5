import { describe, expect, it } from 'vitest'
import { toModerationOutput, toModerationTensor } from './runImageModeration.ts'

describe('toModerationTensor', () => {
  it('stretches to 224 × 224 and maps 0…255 to 0…1', () => {
    const { data, dims } = toModerationTensor({ width: 2, height: 1, rgb: Uint8Array.of(255, 51, 0, 255, 51, 0) })
    expect(dims).toEqual([1, 224, 224, 3])
    expect([...data.subarray(0, 3)]).toEqual([1, Math.fround(0.2), 0])
    expect(data).toHaveLength(224 * 224 * 3)
  })
})

describe('toModerationOutput', () => {
  it('names the most probable label, of equal ones the first', () => {
    expect(toModerationOutput(Float32Array.of(0.1, 0.2, 0.4, 0.2, 0.1))).toEqual({
      label: 'Neutral',
      scores: { Drawing: 0.1, Hentai: 0.2, Neutral: 0.4, Porn: 0.2, Sexy: 0.1 },
    })
    expect(toModerationOutput(Float32Array.of(0.4, 0.1, 0.4, 0.05, 0.05)).label).toBe('Drawing')
  })

  it('does not let a broken network pass', () => {
    expect(() => toModerationOutput(Float32Array.of(Number.NaN, 0, 0, 0, 0))).toThrow()
  })
})
