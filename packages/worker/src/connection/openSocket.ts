import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { maxMessageBytes } from '@gstd/sdk'
import { Agent, buildConnector, ping, WebSocket } from 'undici'

/** One WebSocket, without the surprises: text only, bounded messages, an end that always comes. */
export type OpenSocket = {
  send(text: string): void
  /** Sends a WebSocket ping; the answer calls `onAlive`. */
  ping(): void
  /** Says goodbye and waits for the peer's, for a second at most. */
  close(code: number, reason: string): void
  /** Resolves once, with the reason. */
  readonly closed: Promise<string>
}

export type SocketOptions = {
  url: string
  connectTimeoutMs: number
  /** Ends the attempt; a connection that stands is for its holder to close. */
  signal: AbortSignal
  onText(text: string): void
  /** Called for whatever shows that the peer is there. */
  onAlive(): void
}

const GOODBYE_MS = 1000
const PONG_CHANNEL = 'undici:websocket:pong'
/** Control frames and base64 need some room beside the longest message. */
const MAX_PAYLOAD_BYTES = maxMessageBytes + 64 * 1024

const describeClose = (code: number, reason: string): string =>
  reason === '' ? `closed with code ${code}` : `${reason} (code ${code})`

const isPongOf = (message: unknown, socket: WebSocket): boolean =>
  typeof message === 'object' && message !== null && 'websocket' in message && message.websocket === socket

/**
 * Connects.
 *
 * @throws Error when the connection cannot be made within the time
 */
export const openSocket = async (options: SocketOptions): Promise<OpenSocket> => {
  let transport: Socket | undefined
  const connect = buildConnector({ timeout: options.connectTimeoutMs })
  const agent = new Agent({
    webSocket: { maxPayloadSize: MAX_PAYLOAD_BYTES },
    // undici has no way to give up on a peer that never says goodbye, so the transport is kept at hand.
    connect: (target, callback) =>
      connect(target, (...result) => {
        const [error, socket] = result
        if (error === null) transport = socket
        callback(...result)
      }),
  })
  const socket = new WebSocket(options.url, { dispatcher: agent })
  const closed = Promise.withResolvers<string>()
  const opened = Promise.withResolvers<void>()
  let lastError = ''

  const onPong = (message: unknown): void => {
    if (isPongOf(message, socket)) options.onAlive()
  }
  const end = (reason: string): void => {
    unsubscribe(PONG_CHANNEL, onPong)
    transport?.destroy()
    void agent.destroy()
    opened.reject(new Error(reason))
    closed.resolve(reason)
  }
  const close = (code: number, reason: string): void => {
    const force = setTimeout(() => end(reason), GOODBYE_MS)
    void closed.promise.then(() => clearTimeout(force))
    try {
      socket.close(code, reason)
    } catch {
      end(reason)
    }
  }

  subscribe(PONG_CHANNEL, onPong)
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('error', (event) => {
    lastError = event.message
  })
  socket.addEventListener('close', (event) =>
    end(event.code === 1006 && lastError !== '' ? lastError : describeClose(event.code, event.reason)),
  )
  socket.addEventListener('message', (event) => {
    options.onAlive()
    if (typeof event.data === 'string') options.onText(event.data)
    else close(1003, 'text messages only')
  })

  const timeout = setTimeout(() => end('no answer to the handshake'), options.connectTimeoutMs)
  const onAbort = () => end('stopping')
  options.signal.addEventListener('abort', onAbort, { once: true })
  if (options.signal.aborted) onAbort()
  try {
    await opened.promise
  } finally {
    clearTimeout(timeout)
    options.signal.removeEventListener('abort', onAbort)
  }
  return {
    send: (text) => socket.send(text),
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) ping(socket)
    },
    close,
    closed: closed.promise,
  }
}
