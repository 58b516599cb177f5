import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Failure } from './Failure.mjs'
import { inRoot } from './paths.mjs'
import { say, showProgress } from './progress.mjs'
import { runStep } from './runStep.mjs'

const stampFile = inRoot('node_modules', '.gstd-installed')

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, peer?: boolean }} LockEntry */

/** @param {string} file */
const readOrEmpty = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

const wantedStamp = () =>
  createHash('sha256')
    .update(`${process.platform} ${process.arch}\n${readFileSync(inRoot('package-lock.json'), 'utf8')}`)
    .digest('hex')

/** @param {string} text @returns {Record<string, LockEntry>} */
const packagesOf = (text) => (text === '' ? {} : JSON.parse(text).packages)

/**
 * Compares what npm says it installed with the lockfile, so that a developer's own `npm install` is not undone.
 * Optional packages may be absent: most are for other platforms.
 */
const isInstalledByHand = () => {
  const installed = packagesOf(readOrEmpty(inRoot('node_modules', '.package-lock.json')))
  const wanted = packagesOf(readFileSync(inRoot('package-lock.json'), 'utf8'))
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, integrity, link, optional }]) => {
      const found = installed[path]
      if (found === undefined) return optional === true
      if (!existsSync(inRoot(path))) return false
      return link === true || (found.version === version && found.integrity === integrity)
    })
}

/** @param {string} output */
const adviceFor = (output) => {
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/.test(output)) {
    return 'npm could not reach its registry: check the network, the proxy and `npm config get registry`, then run this again'
  }
  if (/EUSAGE|in sync/.test(output)) {
    return 'package.json and package-lock.json disagree: run `npm install`, commit the lockfile, then run this again'
  }
  if (/EACCES|EPERM/.test(output)) return 'npm may not write here: check who owns this folder and node_modules'
  if (/ENOSPC/.test(output)) return 'the disk is full: about 1 GB is needed'
  return 'the lines above are npm’s; `npm ci` repeats them'
}

const runNpm = () => {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const cli = process.env['npm_execpath']
  const env = { ...process.env, NODE_ENV: 'development' }
  return cli !== undefined && basename(cli) === 'npm-cli.js'
    ? runStep(process.execPath, [cli, ...args], { show: false, env })
    : runStep('npm', args, { show: false, env, shell: process.platform === 'win32' })
}

const isInstalled = () => {
  if (!existsSync(inRoot('node_modules'))) return false
  const wanted = wantedStamp()
  if (readOrEmpty(stampFile) === wanted) return true
  if (!isInstalledByHand()) return false
  writeFileSync(stampFile, wanted)
  return true
}

/**
 * Installs the dependencies of the lockfile where they are missing or others.
 *
 * @param {{ wait: () => Promise<void> }} lock
 */
export const installIfMissing = async (lock) => {
  if (isInstalled()) return
  await lock.wait()
  if (isInstalled()) return // by the process that was waited for
  const { code, output } = await showProgress('installing the dependencies of package-lock.json', runNpm)
  if (code !== 0) {
    say(output.trim())
    throw new Failure('the dependencies could not be installed', adviceFor(output))
  }
  writeFileSync(stampFile, wantedStamp())
}
