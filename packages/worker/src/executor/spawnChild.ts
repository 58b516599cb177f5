import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GstdError } from '@gstd/sdk'
import { childArguments, childEnvironment, isSource } from './childArguments.ts'
import { createFrameReader, encodeFrame } from './frame.ts'
import { type ExecutorReply, type ExecutorRequest, replySchema } from './messages.ts'

/** A reply and the bytes that came with it. */
export type Answer = { reply: ExecutorReply; payload: Uint8Array }

/** A running child: asked one thing at a time. */
export type RuntimeChild = {
  readonly isRunning: boolean
  readonly pid: number | undefined
  /**
   * @param limitMs - after this many milliseconds the child is killed
   * @throws GstdError `RUNTIME_TIMEOUT` or `RUNTIME_CRASHED`; the child is gone then
   */
  request(header: ExecutorRequest, parts: readonly Uint8Array[], limitMs: number): Promise<Answer>
  /** Kills the child; resolves when it is gone. */
  kill(): Promise<void>
}

const MAX_ANSWER_BYTES = 16 << 20
const STDERR_TAIL = 2000
const START_LIMIT_MS = 30_000

const entry = fileURLToPath(new URL(isSource ? './child.ts' : './executorChild.js', import.meta.url))

type Waiter = { resolve(answer: Answer): void; reject(error: Error): void }

/**
 * Starts a child process and waits until its runtime is loaded.
 *
 * @param memoryMb - limit of the JavaScript heap, and again of the runtime's memory, in MiB
 * @throws GstdError `RUNTIME_CRASHED` when it does not come up
 */
export const spawnChild = async (memoryMb: number): Promise<RuntimeChild> => {
  const child: ChildProcess = spawn(process.execPath, childArguments(entry, memoryMb), {
    cwd: dirname(entry),
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new GstdError('RUNTIME_CRASHED', 'no pipes')
  const gone = once(child, 'close')
  let isRunning = true
  let lastWords = ''
  let waiter: Waiter | undefined

  const settle = (how: (waiting: Waiter) => void): void => {
    const waiting = waiter
    waiter = undefined
    if (waiting !== undefined) how(waiting)
  }
  const crash = (message: string, cause?: unknown): void => {
    isRunning = false
    child.kill('SIGKILL')
    settle(({ reject }) => reject(new GstdError('RUNTIME_CRASHED', message, { details: { stderr: lastWords }, cause })))
  }

  const read = createFrameReader(MAX_ANSWER_BYTES)
  stdout.on('data', (chunk: Buffer) => {
    try {
      for (const { header, payload } of read(chunk)) {
        const reply = replySchema.parse(header)
        settle(({ resolve }) => resolve({ reply, payload }))
      }
    } catch (cause) {
      crash('the runtime process answered nonsense', cause)
    }
  })
  stderr.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-STDERR_TAIL)))
  // A child that dies while it is written to; its `close` tells the waiting request.
  stdin.on('error', () => {})
  child.on('error', (cause) => crash('the runtime process could not be started', cause))
  child.on('close', (exitCode, signal) => crash(`the runtime process ended (${signal ?? `exit code ${exitCode}`})`))

  const answerWithin = (limitMs: number, what: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        isRunning = false
        waiter = undefined
        child.kill('SIGKILL')
        const error = new GstdError('RUNTIME_TIMEOUT', `${what} took more than ${limitMs} ms and was stopped`)
        void gone.then(() => reject(error))
      }
      const timer = setTimeout(stop, limitMs)
      waiter = {
        resolve: (answer) => (clearTimeout(timer), resolve(answer)),
        reject: (error) => (clearTimeout(timer), reject(error)),
      }
    })

  const kill = async (): Promise<void> => {
    crash('the runtime process was stopped')
    await gone
  }

  await answerWithin(START_LIMIT_MS, 'starting the runtime process')
  return {
    get isRunning() {
      return isRunning
    },
    pid: child.pid,
    request: (header, parts, limitMs) => {
      if (!isRunning) return Promise.reject(new GstdError('RUNTIME_CRASHED', 'the runtime process is gone'))
      const answer = answerWithin(limitMs, header.type === 'run' ? 'the task' : `to ${header.type} a model`)
      for (const part of encodeFrame(header, parts)) stdin.write(part)
      return answer
    },
    kill,
  }
}
