import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes, canonicalJson, parseCanonicalJson } from './canonicalJson.ts'

const read = (path: string) => readFileSync(new URL(`./rfc8785/${path}`, import.meta.url), 'utf8')

/** RFC 8785, Appendix B: IEEE 754 bits and their JSON spelling. */
const numbers: [bits: bigint, text: string][] = [
  [0x0000000000000000n, '0'],
  [0x8000000000000000n, '0'],
  [0x0000000000000001n, '5e-324'],
  [0x8000000000000001n, '-5e-324'],
  [0x7fefffffffffffffn, '1.7976931348623157e+308'],
  [0xffefffffffffffffn, '-1.7976931348623157e+308'],
  [0x4340000000000000n, '9007199254740992'],
  [0xc340000000000000n, '-9007199254740992'],
  [0x4430000000000000n, '295147905179352830000'],
  [0x44b52d02c7e14af5n, '9.999999999999997e+22'],
  [0x44b52d02c7e14af6n, '1e+23'],
  [0x44b52d02c7e14af7n, '1.0000000000000001e+23'],
  [0x444b1ae4d6e2ef4en, '999999999999999700000'],
  [0x444b1ae4d6e2ef4fn, '999999999999999900000'],
  [0x444b1ae4d6e2ef50n, '1e+21'],
  [0x3eb0c6f7a0b5ed8cn, '9.999999999999997e-7'],
  [0x3eb0c6f7a0b5ed8dn, '0.000001'],
  [0x41b3de4355555553n, '333333333.3333332'],
  [0x41b3de4355555554n, '333333333.33333325'],
  [0x41b3de4355555555n, '333333333.3333333'],
  [0x41b3de4355555556n, '333333333.3333334'],
  [0x41b3de4355555557n, '333333333.33333343'],
  [0xbecbf647612f3696n, '-0.0000033333333333333333'],
  [0x43143ff3c1cb0959n, '1424953923781206.2'],
]

const double = (bits: bigint): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits)
  return view.getFloat64(0)
}

/** The published sequence of doubles: fixed ones, 2,000 of the smallest normal ones, then a chain of SHA-256. */
function* publishedDoubles(count: number): Generator<number> {
  let left = count
  const fixed: string[] = JSON.parse(read('numbers.json'))
  for (const bits of fixed) if (left-- > 0) yield double(BigInt(`0x${bits}`))
  for (let index = 0n; index < 2000n; index++) if (left-- > 0) yield double(0x0010000000000000n + index)
  for (let block: Uint8Array = new Uint8Array(32); left > 0;) {
    block = new Uint8Array(createHash('sha256').update(block).digest())
    for (const value of new Float64Array(block.buffer))
      if (value !== 0 && Number.isFinite(value) && left-- > 0) yield value
  }
}

describe('canonicalJson', () => {
  it.each([
    [1_000, 'be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687'],
    [10_000, 'b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892'],
  ])('spells the first %i published doubles as the published hash says', (lineCount, sha256Hex) => {
    const hash = createHash('sha256')
    const view = new DataView(new ArrayBuffer(8))
    for (const value of publishedDoubles(lineCount)) {
      view.setFloat64(0, value)
      hash.update(`${view.getBigUint64(0).toString(16)},${canonicalJson(value)}\n`)
    }
    expect(hash.digest('hex')).toBe(sha256Hex)
  })

  it.each(['arrays', 'french', 'structures', 'unicode', 'values', 'weird'])(
    'makes %s as RFC 8785 publishes it',
    (name) => {
      expect(canonicalJson(JSON.parse(read(`input/${name}.json`)))).toBe(read(`output/${name}.json`))
    },
  )

  it.each(numbers)('spells the double %s as %s', (bits, text) => {
    expect(canonicalJson(double(bits))).toBe(text)
  })

  it.each([
    ['NaN', double(0x7fffffffffffffffn)],
    ['infinity', double(0x7ff0000000000000n)],
    ['a lone surrogate', '\ud800'],
    ['a bigint', 1n],
    ['undefined', undefined],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson({ value: [value] }.value[0])).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }),
    )
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (object) => {
        const shuffled = Object.fromEntries(Object.entries(object).toReversed())
        expect(canonicalJson(shuffled)).toBe(canonicalJson(object))
      }),
    )
  })
})

describe('parseCanonicalJson', () => {
  it('reads back what canonicalBytes wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = canonicalBytes(value)
        expect(canonicalBytes(parseCanonicalJson(bytes))).toEqual(bytes)
      }),
    )
  })

  it.each([
    ['white space', '{ "a":1}'],
    ['key order', '{"b":1,"a":2}'],
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a number with a needless zero', '{"a":1.0}'],
    ['an exponent that is not needed', '{"a":1e2}'],
    ['an escape that is not needed', '{"a":"\\u0041"}'],
    ['a prototype key out of order', '{"a":1,"__proto__":2}'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseCanonicalJson(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_NOT_CANONICAL' }),
    )
  })

  it('refuses bytes that are no JSON in UTF-8', () => {
    for (const bytes of [Uint8Array.of(0xff), new TextEncoder().encode('{'), new TextEncoder().encode('\ufeff{}')]) {
      expect(() => parseCanonicalJson(bytes)).toThrow(expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }))
    }
  })
})
