import { describe, expect, it } from 'vitest'
import { checkPatches, compileMutant } from './compileMutant.ts'
import { judgeSeed } from './judgeSeeds.ts'
import { mutants } from './mutants.ts'

describe('mutants', () => {
  it('are caught, and what leads to it is minimised', async () => {
    const mutant = mutants.find(({ name }) => name === 'no sum check at commit')
    if (mutant === undefined) throw new Error('the mutant is missing')
    const codes = await compileMutant(mutant)
    const finding = await judgeSeed(4, { operations: 30, codes })
    expect(finding?.invariant).toBe('what must be refused has no effect')
    expect(finding?.operations).toBeLessThanOrEqual(2)
    expect(finding?.lines.join('\n')).toContain('commit, ')
  })

  it.each(mutants)('apply to the sources: $name', (mutant) => {
    checkPatches(mutant)
  })

  it('are refused when the text they replace is not there', () => {
    const patches = [{ file: 'vault.tolk', from: 'no such text', to: '' }]
    expect(() => checkPatches({ name: 'stale', patches })).toThrow('a patch of vault.tolk applies 0 times')
  })
})
