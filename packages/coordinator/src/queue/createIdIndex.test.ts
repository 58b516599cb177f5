import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createIdIndex } from './createIdIndex.ts'

it('finds what a Map finds, after any additions and removals, also of ids that meet in a cell', () => {
  const id = fc.oneof(
    fc.nat(400),
    fc.nat(100).map((n) => n * 2 ** 32),
    fc.nat(100).map((n) => n * 2 ** 26 + 1),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), id), { minLength: 100, maxLength: 1000 }), (operations) => {
      const ids: number[] = []
      const index = createIdIndex((slot) => ids[slot] ?? -1)
      const model = new Map<number, number>()
      for (const [isRemoval, one] of operations) {
        if (isRemoval) {
          expect(index.remove(one)).toBe(model.get(one))
          model.delete(one)
        } else if (!model.has(one)) {
          model.set(one, ids.length)
          index.add(one, ids.push(one) - 1)
        }
        expect(index.size).toBe(model.size)
        expect(index.get(one)).toBe(model.get(one))
      }
      for (const [, one] of operations) expect(index.get(one)).toBe(model.get(one))
    }),
    { numRuns: 50 },
  )
})
