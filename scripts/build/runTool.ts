import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { commandEnvironment } from '../bootstrap/environment.mjs'
import { root } from '../bootstrap/paths.mjs'

/** What a step says; `skipped` is a reason, shown instead of a time. */
export type StepResult = { passed: boolean; output: string; skipped?: string }

export type Step = { name: string; run: () => Promise<StepResult> }

/** Runs a tool of the project in the repository's folder and keeps what it says. */
export const runTool = (command: string, args: readonly string[]): Promise<StepResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: commandEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const onData = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.on('error', (error) => resolve({ passed: false, output: error.message }))
    child.on('close', (code) => resolve({ passed: code === 0, output }))
  })

const show = async ({ name, run }: Step): Promise<boolean> => {
  const startMs = performance.now()
  const { passed, output, skipped } = await run()
  const seconds = `${((performance.now() - startMs) / 1000).toFixed(1)} s`
  process.stderr.write(`${passed ? '✓' : '✗'} ${name.padEnd(14)} ${skipped ?? seconds}\n`)
  if (!passed) process.stderr.write(`${output.trim()}\n`)
  return passed
}

/**
 * Runs steps beside each other, as many as there are processors, and shows each on stderr as it ends.
 *
 * @returns whether all passed; the first failure does not keep the others from being shown
 */
export const showSteps = async (steps: readonly Step[]): Promise<boolean> => {
  const waiting = [...steps]
  const results: boolean[] = []
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) results.push(await show(step))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results.every(Boolean)
}
