import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, type JudgeInput } from './judge.ts'

const byHash: JudgeInput['agree'] = (a, b) => a.resultHash === b.resultHash
const answersOf = (hashes: string[]) => hashes.map((resultHash, index) => ({ attempt: index + 1, resultHash }))
const majority = (hashes: string[], redundancy = 3, maxDevices = redundancy + 3) =>
  judge({ method: 'majority', redundancy, maxDevices, answers: answersOf(hashes), agree: byHash })
const reference = (hashes: string[], known?: string) =>
  judge({
    method: 'reference',
    redundancy: 3,
    maxDevices: 6,
    answers: answersOf(hashes),
    agree: byHash,
    ...(known !== undefined && { knownAnswer: { resultHash: known } }),
  })

describe('reference', () => {
  it.each([
    [[], undefined, { outcome: 'undecided', seatsWanted: 2 }],
    [['a'], undefined, { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'a'], undefined, { outcome: 'accepted', agreeing: [1, 2], losing: [], resultHash: 'a' }],
    [['a', 'b'], undefined, { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'b', 'b'], undefined, { outcome: 'accepted', agreeing: [2, 3], losing: [1], resultHash: 'b' }],
    [['a', 'b', 'c'], undefined, { outcome: 'failed', code: 'TASK_NO_AGREEMENT' }],
    [[], 'k', { outcome: 'undecided', seatsWanted: 1 }],
    [['k'], 'k', { outcome: 'accepted', agreeing: [1], losing: [], resultHash: 'k' }],
    [['a'], 'k', { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'k'], 'k', { outcome: 'accepted', agreeing: [2], losing: [1], resultHash: 'k' }],
    [['a', 'a'], 'k', { outcome: 'accepted', agreeing: [1, 2], losing: [], resultHash: 'a' }],
    [['a', 'b', 'c'], 'k', { outcome: 'failed', code: 'TASK_NO_AGREEMENT' }],
  ])('judges %j with known answer %s', (hashes, known, expected) => {
    expect(reference(hashes, known)).toEqual(expected)
  })
})

describe('majority', () => {
  it.each([
    [['a', 'a'], { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'a', 'a'], { outcome: 'accepted', agreeing: [1, 2, 3], losing: [], resultHash: 'a' }],
    [['a', 'b', 'a'], { outcome: 'accepted', agreeing: [1, 3], losing: [2], resultHash: 'a' }],
    [['a', 'b', 'c'], { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'b', 'c', 'a'], { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'b', 'c', 'a', 'a'], { outcome: 'undecided', seatsWanted: 1 }],
    [['a', 'b', 'c', 'a', 'a', 'a'], { outcome: 'accepted', agreeing: [1, 4, 5, 6], losing: [2, 3], resultHash: 'a' }],
    [['a', 'b', 'c', 'd'], { outcome: 'failed', code: 'TASK_NO_AGREEMENT' }],
  ])('judges %j', (hashes, expected) => {
    expect(majority(hashes)).toEqual(expected)
  })

  it('counts a centre’s neighbours, not chains of them', () => {
    const near: JudgeInput['agree'] = (a, b) => Math.abs(Number(a.resultHash) - Number(b.resultHash)) <= 1
    const judged = judge({
      method: 'majority',
      redundancy: 3,
      maxDevices: 6,
      answers: answersOf(['1', '2', '3']),
      agree: near,
    })
    expect(judged).toEqual({ outcome: 'accepted', agreeing: [1, 2, 3], losing: [], resultHash: '2' })
  })

  it('always ends: adding the seats it wants leads to a verdict within max_devices', () => {
    const hash = fc.constantFrom('a', 'b', 'c', 'd')
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 15 }), fc.nat(12), fc.infiniteStream(hash), (redundancy, extra, stream) => {
        const maxDevices = Math.min(15, redundancy + extra)
        const hashes: string[] = []
        for (;;) {
          const judged = majority(hashes, redundancy, maxDevices)
          if (judged.outcome === 'accepted') {
            expect(judged.agreeing.length / hashes.length).toBeGreaterThanOrEqual(0.66)
            expect(judged.agreeing.length + judged.losing.length).toBe(hashes.length)
          }
          if (judged.outcome !== 'undecided') return
          expect(judged.seatsWanted).toBeGreaterThan(0)
          for (let n = 0; n < judged.seatsWanted; n++) hashes.push(stream.next().value)
          expect(hashes.length).toBeLessThanOrEqual(maxDevices)
        }
      }),
    )
  })

  it('does not depend on the order of the answers', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 3, maxLength: 6 }), (hashes) => {
        const forward = majority(hashes)
        const backward = majority(hashes.toReversed())
        expect(backward.outcome).toBe(forward.outcome)
        if (forward.outcome === 'accepted' && backward.outcome === 'accepted') {
          expect(backward.resultHash).toBe(forward.resultHash)
        }
      }),
    )
  })
})
