import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const entry = fileURLToPath(new URL('../../packages/cli/src/gstd.ts', import.meta.url))
const run = promisify(execFile)

/** Runs a command of `gstd` from its sources, as a process over a state folder. @returns what it wrote to stdout */
export const runGstd = async (stateDir: string, ...words: string[]): Promise<string> => {
  const { PATH = '', NODE_OPTIONS = '', NODE_COMPILE_CACHE = '' } = process.env
  const env = { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, HOME: stateDir, GSTD_STATE_DIR: stateDir }
  const { stdout } = await run(process.execPath, ['--conditions=@gstd/source', entry, ...words], { env })
  return stdout
}
