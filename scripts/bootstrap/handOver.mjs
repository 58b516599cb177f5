import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { commandEnvironment } from './environment.mjs'
import { Failure } from './Failure.mjs'
import { inRoot, root } from './paths.mjs'

const PARENT_POLL_MS = 1_000

/** @type {NodeJS.Signals[]} */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command in this process's place: same arguments, streams, exit code and signals. The command cannot outlive
 * this process (it watches a pipe, see packages/cli/src/supervisor), and this one does not outlive npm.
 *
 * @param {string} node
 * @param {readonly string[]} command a script relative to the root, and its arguments
 * @returns {Promise<void>}
 */
export const handOver = (node, [script = '', ...args]) =>
  new Promise((resolve, reject) => {
    if (!existsSync(inRoot(script)))
      throw new Failure(`${script} is missing`, 'is the checkout complete? see `git status`')
    const child = spawn(node, [inRoot(script), ...args], {
      cwd: root,
      env: { ...commandEnvironment(), GSTD_PARENT_FD: '3' },
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    })
    child.stdio[3]?.on('error', () => {}) // closes with the command, whose exit code tells
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      // A terminal signals the whole group: the command has its Ctrl-C, or its hang-up, already.
      if (signal === 'SIGTERM' || process.stdin.isTTY !== true) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, forward)
    const npm = process.ppid
    const watch = setInterval(() => {
      if (process.ppid !== npm) forward('SIGTERM')
    }, PARENT_POLL_MS)
    watch.unref()
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      for (const name of signals) process.off(name, forward)
      if (signal !== null) process.kill(process.pid, signal)
      process.exitCode = code ?? 1
      resolve()
    })
  })
