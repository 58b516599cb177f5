import { delimiter } from 'node:path'
import { inRoot } from './paths.mjs'

/**
 * The environment of commands: `node` and the tools of the project are found first.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export const commandEnvironment = () => {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const folder = inRoot('node_modules', '.bin')
  const others = (process.env[name] ?? '').split(delimiter).filter((entry) => entry !== folder)
  return { ...process.env, [name]: [folder, ...others].join(delimiter) }
}
