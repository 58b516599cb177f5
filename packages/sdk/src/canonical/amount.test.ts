import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAmount, parseAmount } from './amount.ts'

describe('amounts', () => {
  it('survive the way through decimals', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 26n }), (amountNano) => {
        expect(parseAmount(formatAmount(amountNano))).toBe(amountNano)
      }),
    )
  })

  it.each(['', '-1', '+1', '01', '1.', '.5', '1e9', '0.0000000001', ' 1', '0x1', 'NaN', '1,5'])('refuse %j', (text) => {
    expect(() => parseAmount(text)).toThrow(expect.objectContaining({ code: 'LIMITS_OUT_OF_RANGE' }))
  })
})
