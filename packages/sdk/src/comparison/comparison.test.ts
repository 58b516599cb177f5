import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareLabels, type LabelOutput } from './compareLabels.ts'
import { compareResults } from './compareResults.ts'
import { compareTensors } from './compareTensors.ts'
import { compareTexts } from './compareTexts.ts'

const tensorOf = (...data: number[]) => ({ shape: [data.length], data })
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })

describe('compareTensors', () => {
  it('is reflexive for finite numbers', () => {
    fc.assert(
      fc.property(fc.array(finite), (data) => {
        expect(compareTensors(tensorOf(...data), tensorOf(...data))).toBe(true)
      }),
    )
  })

  it('draws the line at exactly 1e-4 of the largest reference value', () => {
    const scaled = fc.record({ exponent: fc.integer({ min: -8, max: 8 }), sign: fc.constantFrom(1, -1) })
    fc.assert(
      fc.property(scaled, fc.array(fc.double({ min: -1, max: 1, noNaN: true })), ({ exponent, sign }, rest) => {
        const scale = sign * 2 ** exponent
        const others = rest.map((value) => value * scale)
        const reference = tensorOf(10_000 * scale, ...others)
        expect(compareTensors(tensorOf(10_001 * scale, ...others), reference)).toBe(true)
        expect(compareTensors(tensorOf(10_001.000001 * scale, ...others), reference)).toBe(false)
      }),
    )
  })

  it('measures small elements by the largest one', () => {
    expect(compareTensors(tensorOf(1, 0.0001), tensorOf(1, 0))).toBe(true)
    expect(compareTensors(tensorOf(1, 0.00011), tensorOf(1, 0))).toBe(false)
  })

  it('takes the norm of the reference, so that the order of the two matters', () => {
    expect(compareTensors(tensorOf(9_999), tensorOf(10_000))).toBe(true)
    expect(compareTensors(tensorOf(10_000), tensorOf(9_999))).toBe(false)
  })

  it('accepts nothing but zeros beside a reference of zeros', () => {
    expect(compareTensors(tensorOf(0, -0), tensorOf(0, 0))).toBe(true)
    expect(compareTensors(tensorOf(Number.MIN_VALUE, 0), tensorOf(0, 0))).toBe(false)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('never agrees about %s', (value) => {
    expect(compareTensors(tensorOf(value, 1), tensorOf(value, 1))).toBe(false)
    expect(compareTensors(tensorOf(1, value), tensorOf(1, 1))).toBe(false)
    expect(compareTensors(tensorOf(1, 1), tensorOf(1, value))).toBe(false)
  })

  it('needs equal shapes', () => {
    const data = [1, 2, 3, 4]
    expect(compareTensors({ shape: [2, 2], data }, { shape: [4], data })).toBe(false)
    expect(compareTensors({ shape: [4], data: [1, 2, 3] }, { shape: [4], data })).toBe(false)
  })
})

describe('compareLabels', () => {
  const output: fc.Arbitrary<LabelOutput> = fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 5 })
    .map((scores) => ({
      label: `l${scores.indexOf(Math.max(...scores))}`,
      scores: Object.fromEntries(scores.map((score, index) => [`l${index}`, score / 20])),
    }))

  it('is symmetric and reflexive', () => {
    fc.assert(
      fc.property(output, output, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, tolerance) => {
        expect(compareLabels(a, a, tolerance)).toBe(true)
        expect(compareLabels(a, b, tolerance)).toBe(compareLabels(b, a, tolerance))
      }),
    )
  })

  const leaning = (label: string, cat: number, dog: number): LabelOutput => ({ label, scores: { cat, dog } })

  it('counts ties within the tolerance as equal', () => {
    expect(compareLabels(leaning('cat', 0.50002, 0.49998), leaning('dog', 0.49999, 0.50001))).toBe(true)
    expect(compareLabels(leaning('cat', 0.51, 0.49), leaning('dog', 0.49, 0.51))).toBe(false)
  })

  it('ignores scores where the labels are equal', () => {
    expect(compareLabels(leaning('cat', 0.9, 0.1), leaning('cat', 0.6, 0.4))).toBe(true)
  })

  it('does not let equal scores agree with every answer', () => {
    expect(compareLabels(leaning('cat', 0.5, 0.5), leaning('dog', 0.1, 0.9))).toBe(false)
    expect(compareLabels(leaning('cat', 0.5, 0.5), { label: 'dog' })).toBe(false)
  })
})

describe('compareTexts', () => {
  it('folds white space and composes characters', () => {
    expect(compareTexts('  Caf\u0065\u0301\u00a0au\r\n lait', 'Caf\u00e9 au lait')).toBe(true)
    expect(compareTexts('caf\u00e9', 'Caf\u00e9')).toBe(false)
    expect(compareTexts('a b', 'ab')).toBe(false)
  })

  it('is symmetric, reflexive and blind to white space at the ends', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(compareTexts(a, ` ${a}\n`)).toBe(true)
        expect(compareTexts(a, b)).toBe(compareTexts(b, a))
      }),
    )
  })
})

describe('compareResults', () => {
  const failed = (code: string, message = 'm') => ({ error: { code, message } })

  it('needs every item to agree', () => {
    const a = [{ text: 'one' }, { text: 'two' }]
    expect(compareResults('text', a, [{ text: ' one' }, { text: 'two', confidence: 0.5 }])).toBe(true)
    expect(compareResults('text', a, [{ text: 'one' }, { text: 'three' }])).toBe(false)
    expect(compareResults('text', a, [{ text: 'one' }])).toBe(false)
  })

  it('compares coded errors by their code, and never with an output', () => {
    expect(compareResults('label', [failed('ITEM_FAILED', 'x')], [failed('ITEM_FAILED', 'y')])).toBe(true)
    expect(compareResults('label', [failed('ITEM_FAILED')], [failed('ITEM_UNDECODABLE')])).toBe(false)
    expect(compareResults('label', [failed('ITEM_FAILED')], [{ label: 'cat' }])).toBe(false)
    expect(compareResults('label', [{ label: 'cat', ...failed('ITEM_FAILED') }], [{ label: 'cat' }])).toBe(false)
  })

  it('lets nothing agree that is not of the kind', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('label', 'text', 'tensor'), (item, kind) => {
        const known = { label: [{ label: 'cat' }], text: [{ text: 'a' }], tensor: [{ shape: [1], data: [1] }] }
        expect(compareResults(kind, [item], known[kind])).toBe(false)
      }),
    )
    expect(compareResults('label', ['cat'], ['cat'])).toBe(false)
  })

  it('passes the tolerance on', () => {
    const [a, b] = [[{ shape: [1], data: [1.01] }], [{ shape: [1], data: [1] }]]
    expect(compareResults('tensor', a, b)).toBe(false)
    expect(compareResults('tensor', a, b, { tolerance: 0.011 })).toBe(true)
  })
})
