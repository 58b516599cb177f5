import type { ContractCodes } from '../chainForTests/openTestNetwork.ts'
import { compileMutant } from './compileMutant.ts'
import { minimise } from './minimise.ts'
import { mutants } from './mutants.ts'
import { createSteps, runSteps } from './runSteps.ts'

const MAX_MINIMISING_RUNS = 250

/** A violation, and what leads to it in as few operations as were found. */
export type Finding = { seed: number; invariant: string; detail: string; operations: number; lines: string[] }

/** Runs the operations of a seed; a violation is minimised. */
export const judgeSeed = async (
  seed: number,
  { operations, codes }: { operations: number; codes?: ContractCodes },
): Promise<Finding | undefined> => {
  const steps = createSteps(seed, operations)
  const { violation } = await runSteps(steps, { seed, codes })
  if (violation === undefined) return undefined
  const { invariant } = violation
  const fails = async (some: readonly (typeof steps)[number][]): Promise<boolean> =>
    (await runSteps(some, { seed, codes })).violation?.invariant === invariant
  const few = await minimise(steps.slice(0, violation.steps), fails, MAX_MINIMISING_RUNS)
  const lines: string[] = []
  const again = await runSteps(few, { seed, codes, say: (line) => lines.push(line) })
  return { seed, invariant, detail: again.violation?.detail ?? violation.detail, operations: few.length, lines }
}

/** By what a mutant was caught, and when; undefined when no seed has caught it. */
export type Caught = { invariant: string; seed: number; operation: number }

/** Runs one seed after the other until a violation shows a mutant. */
export const judgeMutant = async (
  name: string,
  { seeds, operations }: { seeds: number; operations: number },
): Promise<Caught | undefined> => {
  const mutant = mutants.find((each) => each.name === name)
  if (mutant === undefined) throw new RangeError(`there is no mutant ${name}`)
  const codes = await compileMutant(mutant)
  for (let seed = 1; seed <= seeds; seed++) {
    const { violation } = await runSteps(createSteps(seed, operations), { seed, codes })
    if (violation !== undefined) return { invariant: violation.invariant, seed, operation: violation.steps }
  }
  return undefined
}
