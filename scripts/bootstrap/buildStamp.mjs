import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { cacheFolder, inRoot, root } from './paths.mjs'

const stampFile = join(cacheFolder, 'built')

const packageFolders = () =>
  readdirSync(inRoot('packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(inRoot('packages', entry.name, 'package.json')))
    .map((entry) => inRoot('packages', entry.name))
    .sort()

/** @param {string} folder @returns {string[]} */
const filesBelow = (folder) =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
        .sort()

const isBuilt = (/** @type {string} */ file) => !/\.test\.tsx?$/.test(file)

const sources = () => [
  inRoot('package-lock.json'),
  inRoot('scripts', 'build.ts'),
  ...filesBelow(inRoot('scripts', 'build')),
  ...packageFolders().flatMap((folder) => [
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(folder, entry.name)),
    ...filesBelow(join(folder, 'src')).filter(isBuilt),
  ]),
]

/** @param {unknown} value @returns {string[]} every path that package.json promises below dist/ */
const promisedPaths = (value) => {
  if (typeof value === 'string') return /^\.\/dist\/.*\.js$/.test(value) ? [value] : []
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(promisedPaths) : []
}

const outputs = () =>
  packageFolders().flatMap((folder) => {
    const { exports, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return promisedPaths([exports, bin]).map((path) => join(folder, path))
  })

/** Hash over everything that the bundles are made of. */
export const hashSources = () => {
  const hash = createHash('sha256')
  for (const file of sources())
    hash
      .update(`${relative(root, file)}\n`)
      .update(readFileSync(file))
      .update('\n')
  return hash.digest('hex')
}

/** @returns whether the bundles are there and made of the sources as they are now */
export const isUpToDate = () =>
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === hashSources() &&
  outputs().every((file) => existsSync(file))

/** @param {string} hash of the sources when the build began */
export const writeStamp = (hash) => {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, hash)
}
