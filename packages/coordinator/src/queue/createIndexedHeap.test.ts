import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHeapPositions, createIndexedHeap } from './createIndexedHeap.ts'

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('put'), fc.nat(300), fc.nat(20)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove'), fc.nat(300), fc.constant(0)) },
)

describe('createIndexedHeap', () => {
  it('has the smallest key first after any puts, changes and removals, the tie-break among equals', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), fc.nat(6), (operations, modulus) => {
        const heap = createIndexedHeap(createHeapPositions(1), (a, b) => a < b)
        const model = new Map<number, number>()
        const inOrder = () => [...model].toSorted(([a, x], [b, y]) => x - y || a - b).map(([entry]) => entry)
        for (const [kind, entry, key] of operations) {
          if (kind === 'put') {
            heap.put(entry, key)
            model.set(entry, key)
          } else expect(heap.remove(entry)).toBe(model.delete(entry))
          expect(heap.size).toBe(model.size)
          expect(heap.has(entry)).toBe(model.has(entry))
          expect(heap.first()).toBe(inOrder()[0])
        }
        const accept = (entry: number) => entry % 7 === modulus
        expect(heap.firstWhere(accept)).toBe(inOrder().find(accept))
        const places = Array.from({ length: heap.size }, (_, place) => heap.at(place))
        expect(new Set(places)).toEqual(new Set(model.keys()))
        for (const entry of inOrder()) {
          expect(heap.first()).toBe(entry)
          heap.remove(entry)
        }
        expect(heap.first()).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  it('shares positions with heaps that hold other entries', () => {
    const positions = createHeapPositions()
    const [even, odd] = [0, 1].map(() => createIndexedHeap(positions, (a, b) => a < b))
    for (let entry = 0; entry < 100; entry++) (entry % 2 === 0 ? even : odd)?.put(entry, 100 - entry)
    expect(even?.remove(51)).toBe(false)
    expect(odd?.remove(51)).toBe(true)
    expect([even?.size, odd?.size, even?.first(), odd?.first()]).toEqual([50, 49, 98, 99])
  })
})
