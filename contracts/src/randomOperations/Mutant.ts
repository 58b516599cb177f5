/** One place of a source in which other text stands. */
export type Patch = { file: string; from: string; to: string }

/** Contracts with one fault, which the invariants must notice. */
export type Mutant = { name: string; patches: readonly Patch[] }

/** @returns a mutant that lacks one piece of a source */
export const without = (name: string, file: string, from: string): Mutant => ({
  name,
  patches: [{ file, from, to: '' }],
})

/** @returns a mutant that has other text in one place */
export const instead = (name: string, file: string, from: string, to: string): Mutant => ({
  name,
  patches: [{ file, from, to }],
})
