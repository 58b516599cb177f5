import { access } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, normalize, sep } from 'node:path'

const require = createRequire(import.meta.url)

/** `npm:name@version/path` with an optional scope. */
const SOURCE = /^npm:(?<name>(?:@[a-z0-9._-]+\/)?[a-z0-9._-]+)@[^/]+\/(?<path>.+)$/

/**
 * Finds a file of an installed package as Node would find the package, past its `exports`, which list modules only.
 *
 * @param source - `npm:package@version/path`
 * @throws Error when the address is malformed or leaves the package, or nothing is there
 */
export const locatePackageFile = async (source: string): Promise<string> => {
  const { name, path } = SOURCE.exec(source)?.groups ?? {}
  if (name === undefined || path === undefined) throw new Error('expected npm:package@version/path')
  const inside = normalize(path)
  if (inside.startsWith('..') || inside.startsWith(sep)) throw new Error('the path leaves its package')
  for (const directory of require.resolve.paths(name) ?? []) {
    const candidate = join(directory, name, inside)
    try {
      await access(candidate)
      return candidate
    } catch {
      // Not in this node_modules; the next one up may have it.
    }
  }
  throw new Error(`${path} of package ${name} is not installed`)
}
