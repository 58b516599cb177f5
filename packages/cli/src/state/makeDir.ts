import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { GstdError } from '@gstd/sdk'

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined)

/** @returns whether there is something; @throws what keeps it from being seen */
const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

const makeOne = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  }
}

/**
 * Makes a folder of the owner's alone, and those above it. One step at a time: Node's recursive `mkdir` never returns
 * under `/proc`, where what was just made is not there.
 *
 * @throws GstdError `CONFIG_INVALID` where it cannot be made
 */
export const makeDir = async (dir: string): Promise<void> => {
  try {
    const missing: string[] = []
    for (let path = resolve(dir); !(await isThere(path)); path = dirname(path)) missing.unshift(path)
    for (const path of missing) await makeOne(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GstdError('CONFIG_INVALID', `the folder ${dir} cannot be made: ${reason}`, {
      details: { dir },
      hint: 'name a state folder that you may write to with --state-dir',
      cause,
    })
  }
}
