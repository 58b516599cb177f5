import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCtc, readAlphabet } from './decodeCtc.ts'

const alphabet = readAlphabet(new TextEncoder().encode('a\nb\nc\n'))

/** Probabilities in which each step is sure, to 0.9, of one class. */
const sureOf = (...classes: number[]) => ({
  data: Float32Array.from(classes.flatMap((best) => alphabet.map((_, index) => (index === best ? 0.9 : 0.025)))),
  dims: [1, classes.length, alphabet.length],
})

describe('readAlphabet', () => {
  it('puts the blank before the list and the space after it', () => {
    expect(alphabet).toEqual(['', 'a', 'b', 'c', ' '])
    expect(readAlphabet(new TextEncoder().encode('a\r\nb'))).toEqual(['', 'a', 'b', ' '])
  })
})

describe('decodeCtc', () => {
  it('merges repetitions that no blank separates', () => {
    expect(decodeCtc(sureOf(1, 1, 0, 1, 2, 2, 4, 3), alphabet)).toEqual({ text: 'aab c', confidence: 0.9 })
  })

  it('drops the margins of a line', () => {
    expect(decodeCtc(sureOf(4, 0, 1, 4, 2, 4, 0), alphabet).text).toBe('a b')
    expect(decodeCtc(sureOf(4, 0, 4), alphabet)).toEqual({ text: '', confidence: 0 })
    expect(decodeCtc(sureOf(0, 0), alphabet)).toEqual({ text: '', confidence: 0 })
  })

  it('reads back every text', () => {
    const texts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(texts, (classes) => {
        const { text } = decodeCtc(sureOf(...classes.flatMap((best) => [best, 0])), alphabet)
        expect(text).toBe(classes.map((best) => alphabet[best]).join(''))
      }),
    )
  })

  it('refuses another model’s alphabet', () => {
    expect(() => decodeCtc(sureOf(1), [...alphabet, 'd'])).toThrow('5 classes')
  })
})
