import { describe, expect, it } from 'vitest'
import { asTon } from './option.ts'

describe('asTon', () => {
  it.each(['1', '0.5', '0.000000001', '9999999999.999999999'])('takes %s', (text) => expect(asTon(text)).toBe(text))

  it.each(['10000000000', '10000000000.5', '9'.repeat(23), '9'.repeat(400)])('says that %s is too much', (text) => {
    expect(() => asTon(text)).toThrow(/not an amount up to 9999999999 TON/)
  })

  it.each(['', '0', '0.0', '-1', '1e3', '0.0000000001', '01', '1,5', '1.2.3', 'many'])(
    'says what "%s" is not',
    (text) => {
      expect(() => asTon(text)).toThrow(/not an amount in TON above 0/)
    },
  )
})
