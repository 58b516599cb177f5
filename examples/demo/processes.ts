import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createSupervisor, type SupervisedProcess, type Supervisor } from '@gstd/cli/supervisor'
import { GstdError } from '@gstd/sdk'

const require = createRequire(import.meta.url)
const binary = join(dirname(require.resolve('@gstd/cli/package.json')), 'dist', 'gstd.js')
const READY_MS = 90_000

/** A long-running command that serves, and what it said when it was ready. */
export type Started = { process: SupervisedProcess; ready: Record<string, unknown> }

/** The `gstd` commands of the demo, each a process of its own, all ended with this one. */
export type Processes = {
  /** Starts a long-running command and waits for its `ready` event. */
  start(name: string, ...args: string[]): Promise<Started>
  /** Runs a command to its end. @returns its JSON value */
  run(...args: string[]): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/**
 * Prepares processes over one state directory.
 *
 * @param onSignal - `stop`: called when Ctrl-C or SIGTERM begins to stop everything, `stopped`: when everything has
 * ended and this process will; without it signals are left alone
 */
export const createProcesses = (stateDir: string, onSignal?: { stop: () => void; stopped: () => void }): Processes => {
  const supervisor: Supervisor = createSupervisor(
    onSignal === undefined ? {} : { stopOnSignals: onSignal.stop, onStopped: onSignal.stopped },
  )
  const spec = (name: string, args: readonly string[]) => ({
    name,
    command: process.execPath,
    args: [binary, '--state-dir', stateDir, '--output', 'json', ...args],
  })

  return {
    start: async (name, ...args) => {
      const child = supervisor.start(spec(name, args))
      const ready = await child.waitForLine((line, stream) => {
        const event = stream === 'stdout' ? parseObject(line) : undefined
        return event?.event === 'ready' ? event : undefined
      }, READY_MS)
      return { process: child, ready }
    },
    run: async (...args) => {
      const lines: string[] = []
      const name = `gstd ${args.slice(0, 2).join(' ')}`
      const onLine = (line: string, stream: 'stdout' | 'stderr') => {
        if (stream === 'stdout') lines.push(line)
      }
      const child = supervisor.start({ ...spec(name, args), onLine })
      const { code } = await child.exited
      const value = parseObject(lines.join('\n'))
      if (code !== 0 || value === undefined) {
        throw new GstdError('INTERNAL_ERROR', `${name} failed: ${lines.concat(child.lastLines()).join(' ')}`)
      }
      return value
    },
    stop: () => supervisor.stop(),
  }
}
