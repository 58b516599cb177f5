import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chargesLeadingTo } from './chargesLeadingTo.ts'

const step = (previousNano: bigint, cumulativeNano: bigint) => ({ previousNano, cumulativeNano })

it('finds the one of two with the same beginning that leads to the sum', () => {
  const [a, b, c] = [step(0n, 10n), step(0n, 25n), step(10n, 25n)]
  expect(chargesLeadingTo([a, b], 0n, 10n)).toEqual([a])
  expect(chargesLeadingTo([a, b], 0n, 25n)).toEqual([b])
  expect(chargesLeadingTo([a, b, c], 0n, 25n)).toEqual([a, c])
  expect(chargesLeadingTo([a, b], 0n, 0n)).toEqual([])
  expect(chargesLeadingTo([a, b], 0n, 11n)).toBeUndefined()
  expect(chargesLeadingTo([a, b], 5n, 10n)).toBeUndefined()
})

it('takes the later one of two that are alike', () => {
  const [first, again] = [
    { ...step(0n, 10n), name: 'first' },
    { ...step(0n, 10n), name: 'again' },
  ]
  expect(chargesLeadingTo([first, again], 0n, 10n)).toEqual([again])
})

const anyStep = fc
  .tuple(fc.bigInt(0n, 12n), fc.bigInt(1n, 6n))
  .map(([previousNano, deltaNano]) => step(previousNano, previousNano + deltaNano))

it('finds charges whenever some lead there, each beginning where the one before ended', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), fc.bigInt(0n, 18n), (steps, toNano) => {
      const reachable = new Set([0n])
      for (const { previousNano, cumulativeNano } of steps.toSorted((a, b) =>
        a.previousNano < b.previousNano ? -1 : 1,
      )) {
        if (reachable.has(previousNano)) reachable.add(cumulativeNano)
      }
      const found = chargesLeadingTo(steps, 0n, toNano)
      expect(found !== undefined).toBe(reachable.has(toNano))
      const sums = (found ?? []).reduce((reached, one) => {
        expect(one.previousNano).toBe(reached)
        return one.cumulativeNano
      }, 0n)
      if (found !== undefined) expect(sums).toBe(toNano)
    }),
  )
})

it('is quick where many lead nowhere', () => {
  const ladder = Array.from({ length: 200 }, (_, index) => BigInt(index) + 1n).flatMap((at) => [
    step(at, at + 1n),
    step(at, at + 2n),
  ])
  expect(chargesLeadingTo(ladder, 0n, 200n)).toBeUndefined()
})
