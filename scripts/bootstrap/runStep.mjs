import { spawn } from 'node:child_process'
import { Failure } from './Failure.mjs'
import { root } from './paths.mjs'

const KEPT_CHARACTERS = 20_000

/**
 * Runs a step of the preparation to its end; a signal to this process ends the step and this process.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ show: boolean, env?: NodeJS.ProcessEnv, shell?: boolean }} options `show`: pass the output on to stderr as
 *   it comes, otherwise keep it for the case of a failure
 * @returns {Promise<{ code: number, output: string }>}
 */
export const runStep = (command, args, { show, env, shell = false }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: env ?? process.env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    /** @type {NodeJS.Signals | undefined} */
    let stoppedBy
    /** @param {Buffer} chunk */
    const onData = (chunk) => {
      if (show) process.stderr.write(chunk)
      output = (output + chunk.toString()).slice(-KEPT_CHARACTERS)
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    /** @param {NodeJS.Signals} signal */
    const onSignal = (signal) => {
      stoppedBy ??= signal
      child.kill(signal)
    }
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, onSignal)
    const finish = () => {
      for (const signal of signals) process.off(signal, onSignal)
    }
    child.on('error', (error) => {
      finish()
      reject(new Failure(`${command} could not be started: ${error.message}`, 'check that it is installed and in PATH'))
    })
    child.on('close', (code, signal) => {
      finish()
      if (stoppedBy !== undefined) process.exit(stoppedBy === 'SIGINT' ? 130 : 143)
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}\nended by ${signal}` })
    })
  })
