import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { z } from 'zod'

const manifestSchema = z.object({ version: z.string() })

/** @returns the version of this package, whether it runs from sources or from the bundle. */
export const readVersion = (): string => {
  const file = findPackageJSON('.', import.meta.url)
  return file === undefined ? 'unknown' : manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version
}
