import { Console } from 'node:console'
import { createFrameReader, encodeFrame, type Frame } from './frame.ts'
import { createTaskRunner } from './createTaskRunner.ts'
import { loadRuntime } from './loadRuntime.ts'
import { lockDown } from './lockDown.ts'
import type { ExecutorReply } from './messages.ts'

/**
 * Entry of the child process in which models and inputs of strangers are handled. It is started with Node's
 * permission model; once the runtime is loaded it gives up reading files too. It ends when its input closes, so it
 * never outlives its worker, and leaves signals to it (Ctrl-C reaches the whole group).
 */
const MAX_PAYLOAD_BYTES = 1 << 30

const { stdin, stdout, stderr } = process
globalThis.console = new Console(stderr, stderr)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
stdin.on('end', () => process.exit(0))
stdin.on('error', () => process.exit(0))
stdout.on('error', () => process.exit(0))

const send = (reply: ExecutorReply, payload?: Uint8Array): void => {
  for (const part of encodeFrame(reply, payload === undefined ? [] : [payload])) stdout.write(part)
}

const answer = createTaskRunner(await loadRuntime())
lockDown()

const handle = async (frame: Frame): Promise<void> => {
  try {
    const { reply, payload } = await answer(frame)
    send(reply, payload)
  } catch (error) {
    send({ type: 'failed', message: error instanceof Error ? error.message.slice(0, 500) : 'unknown failure' })
  }
}

const read = createFrameReader(MAX_PAYLOAD_BYTES)
let busy = Promise.resolve()
stdin.on('data', (chunk: Buffer) => {
  for (const frame of read(chunk)) busy = busy.then(() => handle(frame))
})
send({ type: 'ready' })
