import { PassThrough, type Readable } from 'node:stream'
import { type ErrorCode, GstdError } from '@gstd/sdk'
import type { Cursor } from './cursor.ts'
import type { TaskEvent, TaskEvents } from './createTaskEvents.ts'

const HEARTBEAT_MS = 15_000
/** Whose key or token has ended since must not listen on for long. */
const LIFETIME_MS = 3_600_000
/** What may wait for a reader; over it the reader is cut off. */
const MAX_WAITING_BYTES = 256 * 1024
/** A reader that is cut off may still read why. */
const LAST_WORDS_MS = 5_000

const frame = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** Only the last of what is told together carries the id: whoever loses the connection between is told all again. */
const framesOf = (id: string, events: readonly TaskEvent[]): string =>
  events.map((event, index) => frame('status', event, index === events.length - 1 ? id : undefined)).join('')

/**
 * Opens a stream of server-sent events: `open` first, or `reset` where what was missed is not known; then `status` for
 * each task; `error` with a code at its end.
 *
 * @returns the stream, which ends when it is destroyed
 */
export const openEventStream = (events: TaskEvents, requester: string, from: Cursor | undefined): Readable => {
  const stream = new PassThrough()

  const end = (code: ErrorCode, message: string): void => {
    if (stream.writableEnded || stream.destroyed) return
    leave()
    stream.end(frame('error', new GstdError(code, message).toDocument()))
    setTimeout(() => stream.destroy(), LAST_WORDS_MS).unref()
  }
  const write = (text: string): void => {
    if (stream.writableEnded || stream.destroyed) return
    stream.write(text)
    if (stream.writableLength + stream.readableLength > MAX_WAITING_BYTES) {
      end('RATE_LIMITED', 'the stream is not read as fast as tasks change: open it again with the last id')
    }
  }
  const leave = events.subscribe({
    requester,
    from,
    begin: (id, missed) => {
      write(missed === undefined ? frame('reset', {}, id) : frame('open', {}, missed.length === 0 ? id : undefined))
      if (missed !== undefined) write(framesOf(id, missed))
    },
    tell: (id, told) => write(framesOf(id, told)),
    end: () => end('SHUTTING_DOWN', 'the coordinator ends: open the stream again with the last id'),
  })
  const heartbeat = setInterval(() => write(': \n\n'), HEARTBEAT_MS).unref()
  const lifetime = setTimeout(
    () => end('AUTH_REQUIRED', 'a stream lasts an hour: open it again with the last id'),
    LIFETIME_MS,
  ).unref()
  stream.once('close', () => {
    clearTimeout(lifetime)
    clearInterval(heartbeat)
    leave()
  })
  return stream
}
