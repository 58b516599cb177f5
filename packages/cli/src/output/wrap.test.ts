import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wrap } from './wrap.ts'

const word = fc.stringMatching(/^[a-z]{1,12}$/)

it('breaks between words only, keeps them all, and fills each line', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), fc.integer({ min: 20, max: 120 }), (words, width) => {
      const lines = wrap(words.join(' '), width, 7).split('\n')
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words)
      for (const [index, line] of lines.entries()) {
        const columns = index === 0 ? line.length + 7 : line.length
        expect(columns).toBeLessThanOrEqual(width)
        const next = lines[index + 1]?.trim().split(' ')[0]
        if (next !== undefined) expect(columns + 1 + next.length).toBeGreaterThan(width)
      }
    }),
  )
})

it('leaves a word whole that no line has room for', () => {
  const address = `0:${'a'.repeat(64)}`
  expect(wrap(`send to ${address} now`, 40, 2)).toBe(`send to\n  ${address}\n  now`)
})
