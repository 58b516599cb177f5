import { describe, expect, it } from 'vitest'
import { agreeBy } from './agreeBy.ts'
import { judge } from './judge.ts'

const agree = agreeBy('image-moderation')
const honest = { resultHash: 'aa', result: [{ label: 'Neutral', scores: { Neutral: 0.9 } }] }
const invented = { resultHash: 'bb', result: [{ label: 'Neutral', scores: { Neutral: 0.1 } }] }

describe('agreeBy', () => {
  it('compares executions by hash alone: a right label beside invented scores is another result', () => {
    expect(agree({ attempt: 1, ...honest }, { attempt: 2, ...invented })).toBe(false)
    expect(agree({ attempt: 1, ...honest }, { attempt: 2, resultHash: 'aa' })).toBe(true)
    const answers = [honest, invented, honest].map((answer, index) => ({ attempt: index + 1, ...answer }))
    expect(judge({ method: 'majority', redundancy: 3, maxDevices: 5, answers, agree })).toEqual({
      outcome: 'accepted',
      agreeing: [1, 3],
      losing: [2],
      resultHash: 'aa',
    })
  })

  it('compares a known answer by the operation’s kind', () => {
    const known = { resultHash: 'cc', result: [{ label: 'Neutral' }] }
    expect(agree(known, { attempt: 1, ...honest })).toBe(true)
    expect(agree({ ...known, result: [{ label: 'Sexy' }] }, { attempt: 1, ...honest })).toBe(false)
  })

  it('knows nothing but hashes of an operation it does not know', () => {
    const other = agreeBy('no-such-operation')
    expect(other({ resultHash: 'cc', result: honest.result }, { attempt: 1, ...honest })).toBe(false)
    expect(other({ resultHash: 'aa' }, { attempt: 1, ...honest })).toBe(true)
  })
})
