import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { GstdError } from '@gstd/sdk'
import { PARENT_FD, PARENT_FD_VARIABLE } from './parentPipe.ts'

export type StreamName = 'stdout' | 'stderr'

export type ProcessSpec = {
  /** How messages call it. */
  name: string
  command: string
  args?: readonly string[]
  /** Added to this process's environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>
  cwd?: string
  onLine?: (line: string, stream: StreamName) => void
}

/** How a process ended; `error` when it could not even be started. */
export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null; error?: Error }

export type SupervisedProcess = {
  readonly name: string
  readonly pid: number | undefined
  /** Resolves when the process is gone and its output read to the end; never rejects. */
  readonly exited: Promise<ProcessExit>
  isRunning(): boolean
  /** The last lines it wrote to stderr, for an error message. */
  lastLines(): string[]
  /**
   * Waits for the first line from now on that `find` makes something of.
   *
   * @throws GstdError `PROCESS_FAILED` when the process ends first, `PROCESS_TIMEOUT` after `timeoutMs`
   */
  waitForLine<Found>(find: (line: string, stream: StreamName) => Found | undefined, timeoutMs: number): Promise<Found>
  /** Sends a signal to this one process, as somebody outside would. */
  signal(signal: NodeJS.Signals): void
  /** Asks it to stop (SIGTERM), and kills it with all its descendants after `graceMs`. */
  stop(graceMs: number): Promise<ProcessExit>
  /** Kills it with all its descendants. */
  kill(): Promise<ProcessExit>
}

const KEPT_LINES = 20

/** A group of its own: the terminal's Ctrl-C reaches the supervisor only, and a kill reaches every descendant. */
const ownGroup = process.platform !== 'win32'

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(ownGroup ? -child.pid : child.pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error // gone already; macOS says EPERM of a zombie's group
  }
}

const describeExit = ({ code, signal, error }: ProcessExit): string =>
  error?.message ?? (signal === null ? `exit code ${code}` : `signal ${signal}`)

const start = (spec: ProcessSpec): ChildProcess =>
  spawn(spec.command, spec.args ?? [], {
    cwd: spec.cwd,
    env: { ...process.env, ...spec.env, [PARENT_FD_VARIABLE]: String(PARENT_FD) },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: ownGroup,
    windowsHide: true,
  })

/**
 * Starts a process that cannot outlive this one: it holds a pipe whose other end is here (see `exitWhenParentGoes`).
 * What fails to start shows in `exited` and in `waitForLine`.
 */
export const superviseProcess = (spec: ProcessSpec): SupervisedProcess => {
  const child = start(spec)
  const listeners = new Set<(line: string, stream: StreamName) => void>()
  if (spec.onLine !== undefined) listeners.add(spec.onLine)
  const lastLines: string[] = []
  let exit: ProcessExit | undefined

  const readLines = (stream: StreamName, input: Readable | null): void => {
    if (input === null) return
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      if (stream === 'stderr') lastLines.splice(0, Math.max(0, lastLines.push(line) - KEPT_LINES))
      for (const listener of listeners) listener(line, stream)
    })
  }
  readLines('stdout', child.stdout)
  readLines('stderr', child.stderr)
  child.stdio[PARENT_FD]?.on('error', () => {}) // the child's end closes with it; that is no news

  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (ended: ProcessExit): void => {
      exit ??= ended
      signalGroup(child, 'SIGKILL') // whatever it left behind in its group goes with it
      resolve(exit)
    }
    child.once('error', (error) => end({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => {
      exit ??= { code, signal }
      signalGroup(child, 'SIGKILL')
    })
    child.once('close', (code, signal) => end({ code, signal }))
  })

  const kill = (): Promise<ProcessExit> => {
    if (exit === undefined) signalGroup(child, 'SIGKILL')
    return exited
  }

  return {
    name: spec.name,
    pid: child.pid,
    exited,
    isRunning: () => exit === undefined,
    lastLines: () => [...lastLines],
    signal(signal) {
      if (exit === undefined) child.kill(signal)
    },
    kill,
    stop(graceMs) {
      if (exit !== undefined) return exited
      child.kill('SIGTERM')
      const deadline = setTimeout(() => void kill(), graceMs)
      return exited.finally(() => clearTimeout(deadline))
    },
    waitForLine: (find, timeoutMs) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer)
          listeners.delete(listener)
          settle()
        }
        const fail = (code: 'PROCESS_FAILED' | 'PROCESS_TIMEOUT', message: string): void =>
          finish(() => reject(new GstdError(code, `${spec.name}: ${message}`, { details: { stderr: lastLines } })))
        const listener = (line: string, stream: StreamName): void => {
          const found = find(line, stream)
          if (found !== undefined) finish(() => resolve(found))
        }
        const timer = setTimeout(() => fail('PROCESS_TIMEOUT', `no answer within ${timeoutMs / 1000} s`), timeoutMs)
        listeners.add(listener)
        void exited.then((ended) => fail('PROCESS_FAILED', `ended before it was ready (${describeExit(ended)})`))
      }),
  }
}
