import { describe, expect, it } from 'vitest'
import { compileMutant } from './compileMutant.ts'
import { judgeSeed } from './judgeSeeds.ts'
import type { Mutant } from './mutants.ts'
import { mutants } from './mutants.ts'

const named = (name: string): Mutant => {
  const mutant = mutants.find((each) => each.name === name)
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`)
  return mutant
}

describe('mutants', () => {
  it('are caught, and what leads to it is minimised and replayed', async () => {
    const codes = await compileMutant(named('charge without epoch'))
    const finding = await judgeSeed(1, { operations: 150, codes })
    expect(finding?.invariant).toBe('what must be refused has no effect')
    expect(finding?.operations).toBeLessThan(10)
    expect(finding?.lines.join('\n')).toContain('charge, far epoch')
    expect(await judgeSeed(1, { operations: 150, codes })).toEqual(finding)
  })

  it.each(mutants)('apply to the sources: $name', async (mutant) => {
    await expect(compileMutant(mutant)).resolves.toBeDefined()
  })

  it('are refused when the text they replace is not there', async () => {
    const patches = [{ file: 'vault.tolk', from: 'no such text', to: '' }]
    await expect(compileMutant({ name: 'stale', patches })).rejects.toThrow('a patch of vault.tolk applies 0 times')
  })
})
