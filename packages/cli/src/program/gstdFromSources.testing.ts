import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../gstd.ts', import.meta.url))

/** What Node is started with to run `gstd` from its sources. */
export const sourceArguments = ['--conditions=@gstd/source', entry]

/** An environment in which nothing is set but a state folder, and where Node keeps what it has compiled. */
export const plainEnvironment = (stateDir: string): Record<string, string> => {
  const { PATH = '', NODE_OPTIONS = '', NODE_COMPILE_CACHE = '' } = process.env
  return { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, HOME: stateDir, GSTD_STATE_DIR: stateDir }
}
