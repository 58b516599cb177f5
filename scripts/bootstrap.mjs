/**
 * First step of every `npm run`: installs what is missing, builds what is stale, and hands over to the Node that the
 * project pins. Runs on any Node from 20 on, before anything is installed, so it uses nothing but Node itself.
 */
import { Failure } from './bootstrap/Failure.mjs'
import { buildIfStale } from './bootstrap/buildIfStale.mjs'
import { findNode } from './bootstrap/findNode.mjs'
import { handOver } from './bootstrap/handOver.mjs'
import { installIfMissing } from './bootstrap/installIfMissing.mjs'
import { say } from './bootstrap/progress.mjs'
import { withLock } from './bootstrap/withLock.mjs'
import { commands } from './commands.mjs'

const listCommands = () =>
  Object.entries(commands)
    .map(([name, { summary }]) => `  npm run ${name.padEnd(7)} ${summary}`)
    .join('\n')

/** @param {string | undefined} name */
const findCommand = (name) => {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  throw new Failure(`there is no command ${JSON.stringify(name ?? '')}`, `the commands are:\n${listCommands()}`, 2)
}

const main = async () => {
  const [name, ...args] = process.argv.slice(2)
  const command = findCommand(name)
  await withLock(installIfMissing)
  const node = findNode()
  if (command.needs === 'built') await withLock((lock) => buildIfStale(node, lock))
  await handOver(node, [...command.runs, ...args])
}

try {
  await main()
} catch (error) {
  if (!(error instanceof Failure)) throw error
  say(error.message)
  say(error.advice)
  process.exitCode = error.exitCode
}
