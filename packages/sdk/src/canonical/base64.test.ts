import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from './base64.ts'

describe('base64', () => {
  it('survives the way there and back, and is what Node writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(toBase64(bytes))).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it('takes one spelling of every value', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const taken = (text: string): boolean => {
      try {
        return toBase64(fromBase64(text)) === text
      } catch {
        return false
      }
    }
    expect([...alphabet].filter((last) => taken(`A${last}==`))).toEqual([...'AQgw'])
    expect([...alphabet].filter((last) => taken(`AA${last}=`))).toEqual([...'AEIMQUYcgkosw048'])
    expect(fromBase64('AA==')).toEqual(Uint8Array.of(0))
    expect(fromBase64('AAA=')).toEqual(Uint8Array.of(0, 0))
  })

  it.each(['AB==', 'AAB=', 'AA', 'AAA', 'AA=', '_-8=', 'AAAA====', ' AAAA', 'AAAA\n', '=AAA'])('refuses %j', (text) => {
    expect(() => fromBase64(text)).toThrow(expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }))
  })
})
