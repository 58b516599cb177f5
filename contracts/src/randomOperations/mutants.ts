import { accountMutants } from './accountMutants.ts'
import { escrowMutants } from './escrowMutants.ts'
import type { Mutant } from './Mutant.ts'
import { vaultMutants } from './vaultMutants.ts'

/** Contracts with one fault each, all of which the invariants must notice. */
export const mutants: readonly Mutant[] = [...vaultMutants, ...escrowMutants, ...accountMutants]
