import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accountCode, escrowCode, vaultCode } from '@gstd/sdk/contracts'
import { Cell } from '@ton/core'
import { runTolkCompiler } from '@ton/tolk-js'
import type { ContractCodes } from '../chainForTests/openTestNetwork.ts'
import type { Mutant, Patch } from './Mutant.ts'

const sources = join(import.meta.dirname, '..')

/** @throws Error when the text to replace is not in the source exactly once */
const patched = (source: string, { file, from, to }: Patch): string => {
  const found = source.split(from).length - 1
  if (found !== 1) throw new Error(`a patch of ${file} applies ${found} times, not once: ${from}`)
  return source.replace(from, () => to)
}

/** @throws Error when one of the patches does not apply */
export const checkPatches = ({ patches }: Mutant): void => {
  for (const patch of patches) patched(readFileSync(join(sources, patch.file), 'utf8'), patch)
}

/** Which sources each contract is made of, and what it is where no patch touches them. */
const contracts = {
  vault: { sources: /^(vault|escrow-|account-messages|errors|network)/, code: vaultCode },
  escrow: { sources: /^(escrow|errors|network)/, code: escrowCode },
  account: { sources: /^(account|jetton-messages|errors|network)/, code: accountCode },
}

const compilePatched = async (name: keyof typeof contracts, patches: readonly Patch[]): Promise<Cell> => {
  if (!patches.some(({ file }) => contracts[name].sources.test(file))) return contracts[name].code()
  const result = await runTolkCompiler({
    entrypointFileName: `${name}.tolk`,
    fsReadCallback: (path) =>
      patches
        .filter(({ file }) => join(sources, file) === join(sources, path))
        .reduce(patched, readFileSync(join(sources, path), 'utf8')),
    optimizationLevel: 2,
  })
  if (result.status === 'error') throw new Error(`${name}.tolk: ${result.message}`)
  return Cell.fromBase64(result.codeBoc64)
}

/**
 * Compiles vault, escrow and account with the patches of a mutant; nothing is written.
 *
 * @throws Error when a patch does not apply or does not compile
 */
export const compileMutant = async (mutant: Mutant): Promise<ContractCodes> => {
  checkPatches(mutant)
  const { patches } = mutant
  return {
    vault: await compilePatched('vault', patches),
    escrow: await compilePatched('escrow', patches),
    account: await compilePatched('account', patches),
  }
}
