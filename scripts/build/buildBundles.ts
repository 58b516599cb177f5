import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build, type Options } from 'tsup'
import { inRoot, root } from '../bootstrap/paths.mjs'
import type { StepResult } from './runTool.ts'

/** Dependencies before what depends on them. */
const packages = ['sdk', 'auditor', 'coordinator', 'devnet', 'worker', 'cli'] as const

/** Bundles one package by its `tsup.config.ts`, in its folder: tsup has no other way to name one. */
const buildBundle = async (name: string): Promise<void> => {
  const folder = inRoot('packages', name)
  const config: { default: Options } = await import(pathToFileURL(`${folder}/tsup.config.ts`).href)
  process.chdir(folder)
  try {
    await build({ ...config.default, config: false })
  } finally {
    process.chdir(root)
  }
}

/** Bundles every package, about 50 ms each. */
export const buildBundles = async (): Promise<StepResult> => {
  const failures: string[] = []
  for (const name of packages) {
    if (!existsSync(inRoot('packages', name, 'tsup.config.ts'))) failures.push(`packages/${name} has no tsup.config.ts`)
    else await buildBundle(name).catch((error: unknown) => failures.push(`packages/${name}: ${String(error)}`))
  }
  return { passed: failures.length === 0, output: failures.join('\n') }
}
