import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, inRoot, root } from '../bootstrap/paths.mjs'
import { runTool, type StepResult } from './runTool.ts'

const stampFile = join(cacheFolder, 'contracts')

const hashSources = (): string => {
  const hash = createHash('sha256')
  const files = globSync(['contracts/**/*.tolk', 'contracts/build.ts', 'contracts/package.json'], {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  })
  for (const file of files.toSorted())
    hash
      .update(`${file}\n`)
      .update(readFileSync(inRoot(file)))
      .update('\n')
  return hash.digest('hex')
}

/**
 * Compiles the contracts into the SDK where their sources have changed since the last build. The compiled code is
 * committed and `npm run check` compares it, so a fresh checkout has nothing to compile.
 *
 * @param force - compile where it is not known what the code was compiled from
 */
export const buildContracts = async (force: boolean): Promise<StepResult> => {
  const hash = hashSources()
  const known = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined
  const compile = known === undefined ? force : known !== hash
  const result: StepResult = compile
    ? await runTool('node', ['contracts/build.ts'])
    : { passed: true, output: '', skipped: 'as committed' }
  if (result.passed) {
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(stampFile, hash)
  }
  return result
}
