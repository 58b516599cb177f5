import { mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheFolder } from './paths.mjs'
import { say } from './progress.mjs'

const lockFolder = join(cacheFolder, 'bootstrap.lock')
const POLL_MS = 200
/** How long a lock may stand empty: between making the folder and writing the owner into it. */
const EMPTY_MS = 5_000

/** @param {() => void} step @param {string[]} expected codes of errors that only mean another process was first */
const attempt = (step, ...expected) => {
  try {
    step()
    return true
  } catch (error) {
    if (expected.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) return false
    throw error
  }
}

/** @param {number} pid */
const isAlive = (pid) => attempt(() => process.kill(pid, 0), 'ESRCH') // EPERM would say alive, of another user

/** @param {string} file */
const tryTake = (file) => {
  mkdirSync(cacheFolder, { recursive: true })
  return (
    attempt(() => mkdirSync(lockFolder), 'EEXIST') && attempt(() => writeFileSync(file, '', { flag: 'wx' }), 'ENOENT') // the folder was taken for a dead one's
  )
}

/** The owner's file name, `PID-RANDOM`; undefined where nobody owns the lock (any more). */
const readOwner = () => {
  try {
    return readdirSync(lockFolder)[0]
  } catch {
    return undefined
  }
}

const isLongEmpty = () => {
  try {
    return Date.now() - statSync(lockFolder).mtimeMs > EMPTY_MS
  } catch {
    return false
  }
}

/**
 * Removes what a dead process left. Only one process can unlink an owner's file, and only that one removes the folder,
 * so that nobody takes down a lock that has a living owner already.
 *
 * @param {string | undefined} owner
 */
const clearDead = (owner) => {
  const dead =
    owner === undefined
      ? isLongEmpty()
      : !isAlive(Number(owner.split('-')[0])) && attempt(() => unlinkSync(join(lockFolder, owner)), 'ENOENT')
  if (dead) attempt(() => rmdirSync(lockFolder), 'ENOENT', 'ENOTEMPTY', 'EEXIST')
}

/**
 * Runs `work` while no other process of this checkout runs one.
 *
 * @template Result
 * @param {(lock: { wait: () => Promise<void> }) => Promise<Result>} work gets the lock only when it calls `wait`, so
 *   that a run that has nothing to do never waits for another
 * @returns {Promise<Result>}
 */
export const withLock = async (work) => {
  const file = join(lockFolder, `${process.pid}-${Math.random().toString(36).slice(2)}`)
  let held = false
  const release = () => {
    if (!held) return
    held = false
    attempt(() => unlinkSync(file), 'ENOENT')
    attempt(() => rmdirSync(lockFolder), 'ENOENT', 'ENOTEMPTY')
  }
  const wait = async () => {
    for (let told = false; !(held = tryTake(file)); await delay(POLL_MS)) {
      const owner = readOwner()
      clearDead(owner)
      if (!told && owner !== undefined) say(`waiting for process ${owner.split('-')[0]}, which installs or builds here`)
      told ||= owner !== undefined
    }
  }
  process.once('exit', release)
  try {
    return await work({ wait })
  } finally {
    release()
    process.off('exit', release)
  }
}
