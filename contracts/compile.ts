import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTolkCompiler } from '@ton/tolk-js'

const sources = join(import.meta.dirname, 'src')

/**
 * Compiles one contract.
 *
 * @param name - file name in `src`, without `.tolk`
 * @returns the code's BoC, base64
 */
export const compile = async (name: string): Promise<string> => {
  const result = await runTolkCompiler({
    entrypointFileName: `${name}.tolk`,
    fsReadCallback: (path) => readFileSync(join(sources, path), 'utf8'),
    optimizationLevel: 2,
  })
  if (result.status === 'error') throw new Error(`${name}.tolk: ${result.message}`)
  return result.codeBoc64
}
