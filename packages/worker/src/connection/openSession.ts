import {
  challengeDocument,
  type CoordinatorMessage,
  coordinatorMessageSchema,
  type DeviceMessage,
  deviceMessageSchema,
  type DeviceState,
  GstdError,
  maxMessageBytes,
  type Origin,
  parseWith,
  reviveError,
  toGstdError,
} from '@gstd/sdk'
import type { DeviceIdentity } from '../identity/openDeviceIdentity.ts'
import type { CoordinatorClock } from './createCoordinatorClock.ts'
import { openSocket } from './openSocket.ts'

/** What the coordinator may say once the device is welcome. */
export type SessionMessage = Exclude<CoordinatorMessage, { type: 'challenge' | 'welcome' | 'ping' }>

/** An authenticated connection to the coordinator. */
export type Session = {
  readonly roundTripMs: number
  /** @returns false when the connection is gone; @throws GstdError `MESSAGE_INVALID` or `DOCUMENT_TOO_LARGE` */
  send(message: DeviceMessage): boolean
  /** Begins to hand over messages, one after another: the next one waits until the handler resolves. */
  listen(onMessage: (message: SessionMessage) => Promise<void>): void
  close(reason: string): void
  /** Resolves once, with the reason. */
  readonly closed: Promise<string>
}

export type SessionOptions = {
  url: string
  origin: Origin
  identity: DeviceIdentity
  hello: Omit<Extract<DeviceMessage, { type: 'hello' }>, 'type' | 'state'>
  readState(): DeviceState
  clock: CoordinatorClock
  /** A message that breaks the protocol, or whose handling failed; the order that it names, if any. */
  onFault(error: GstdError, orderHash: string | undefined): void
  signal: AbortSignal
  handshakeTimeoutMs?: number
}

const HANDSHAKE_MS = 10_000
/** A coordinator that sends faster than the device can read loses the connection, not the device its memory. */
const MAX_WAITING_MESSAGES = 2048
const MAX_FAULTS = 20
const HEARTBEAT_MS = { min: 1000, max: 60_000 }
const MISSED_HEARTBEATS = 3
const ORDER_HASH = /^[0-9a-f]{64}$/

/** @returns the order that a message is about, however broken the rest of it is. */
const orderHashIn = (value: unknown): string | undefined =>
  typeof value === 'object' &&
  value !== null &&
  'order_hash' in value &&
  typeof value.order_hash === 'string' &&
  ORDER_HASH.test(value.order_hash)
    ? value.order_hash
    : undefined

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GstdError('MESSAGE_INVALID', 'the coordinator sent something that is not JSON', { cause })
  }
}

/**
 * Connects, proves the device key and sets the coordinator's clock.
 *
 * @returns once the coordinator has said welcome
 * @throws GstdError `COORDINATOR_UNREACHABLE`, or the error that the coordinator refused the device with
 */
export const openSession = async (options: SessionOptions): Promise<Session> => {
  const { origin, identity, clock, readState } = options
  const handshakeTimeoutMs = options.handshakeTimeoutMs ?? HANDSHAKE_MS
  const welcomed = Promise.withResolvers<Extract<CoordinatorMessage, { type: 'welcome' }>>()
  // The handshake may fail while the socket is still being opened; whoever waits for it gets the error below.
  welcomed.promise.catch(() => undefined)
  const listening = Promise.withResolvers<(message: SessionMessage) => Promise<void>>()
  let phase: 'hello' | 'authenticated' | 'welcome' | 'over' = 'hello'
  let askedAtMs = 0
  let roundTripMs = Infinity
  let faults = 0
  let waiting = 0
  let lastAliveMs = performance.now()
  let turn: Promise<void> = Promise.resolve()

  const send = (message: DeviceMessage): boolean => {
    const text = JSON.stringify(
      parseWith(deviceMessageSchema, message, 'MESSAGE_INVALID', `the ${message.type} message`),
    )
    if (Buffer.byteLength(text) > maxMessageBytes) {
      throw new GstdError('DOCUMENT_TOO_LARGE', `the ${message.type} message is over ${maxMessageBytes} bytes`, {
        details: { limit_bytes: maxMessageBytes },
      })
    }
    if (phase === 'over') return false
    socket.send(text)
    return true
  }

  /** The coordinator may work before it answers, so the shorter of the two exchanges is nearer to the journey. */
  const measure = (timeMs: number): void => {
    roundTripMs = Math.min(roundTripMs, performance.now() - askedAtMs)
    clock.synchronise(timeMs, roundTripMs)
  }

  const shakeHands = async (message: CoordinatorMessage): Promise<void> => {
    if (message.type === 'error') throw reviveError(message)
    if (message.type === 'challenge' && phase === 'hello') {
      phase = 'authenticated'
      measure(message.time)
      const notice = { version: 1 as const, ...origin, device_id: identity.deviceId, nonce: message.nonce }
      const signature = await identity.signer.sign(challengeDocument.hash(notice))
      askedAtMs = performance.now()
      send({ type: 'authenticate', signature })
    } else if (message.type === 'welcome' && phase === 'authenticated') {
      if (message.device_id !== identity.deviceId) {
        throw new GstdError('CHALLENGE_FAILED', `the coordinator takes this device for ${message.device_id}`)
      }
      measure(message.time)
      phase = 'welcome'
      welcomed.resolve(message)
    } else {
      throw new GstdError('MESSAGE_INVALID', `the coordinator sent ${message.type} before its welcome`)
    }
  }

  const handle = async (text: string): Promise<void> => {
    let value: unknown
    try {
      value = parseJson(text)
      const message = parseWith(coordinatorMessageSchema, value, 'MESSAGE_INVALID', 'a message of the coordinator')
      if (phase === 'over') return
      if (phase !== 'welcome') return await shakeHands(message)
      if (message.type === 'challenge' || message.type === 'welcome') {
        throw new GstdError('MESSAGE_INVALID', `the coordinator sent ${message.type} twice`)
      }
      if (message.type === 'ping') {
        send({ type: 'heartbeat', state: readState(), echo: message.echo })
        return
      }
      const onMessage = await listening.promise
      await onMessage(message)
    } catch (thrown) {
      const error = toGstdError(thrown)
      if (phase === 'hello' || phase === 'authenticated') {
        welcomed.reject(error)
        socket.close(1002, 'handshake failed')
        return
      }
      options.onFault(error, orderHashIn(value))
      faults += 1
      if (faults > MAX_FAULTS) socket.close(1008, 'too many broken messages')
    }
  }

  const socket = await openSocket({
    url: options.url,
    connectTimeoutMs: handshakeTimeoutMs,
    signal: options.signal,
    onAlive: () => {
      lastAliveMs = performance.now()
    },
    onText: (text) => {
      waiting += 1
      if (waiting > MAX_WAITING_MESSAGES) return socket.close(1008, 'too many messages at once')
      turn = turn
        .then(() => handle(text))
        .finally(() => {
          waiting -= 1
        })
    },
  }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GstdError('COORDINATOR_UNREACHABLE', `no connection to ${options.url}: ${why}`, { cause })
  })

  const closed = socket.closed.then((reason) => {
    phase = 'over'
    listening.resolve(async () => undefined)
    return reason
  })
  const onAbort = () => socket.close(1001, 'stopping')
  options.signal.addEventListener('abort', onAbort, { once: true })
  if (options.signal.aborted) onAbort()
  const timeout = setTimeout(() => socket.close(1002, 'no welcome in time'), handshakeTimeoutMs)
  void closed.then((reason) => {
    options.signal.removeEventListener('abort', onAbort)
    welcomed.reject(new GstdError('COORDINATOR_UNREACHABLE', `the coordinator hung up: ${reason}`))
  })

  askedAtMs = performance.now()
  send({ type: 'hello', ...options.hello, state: readState() })
  let welcome: Extract<CoordinatorMessage, { type: 'welcome' }>
  try {
    welcome = await welcomed.promise
  } catch (error) {
    await closed
    throw error
  } finally {
    clearTimeout(timeout)
  }

  const everyMs = Math.min(HEARTBEAT_MS.max, Math.max(HEARTBEAT_MS.min, welcome.heartbeat_ms))
  const heartbeat = setInterval(() => {
    if (performance.now() - lastAliveMs > everyMs * MISSED_HEARTBEATS) {
      socket.close(1001, 'the coordinator went silent')
      return
    }
    socket.ping()
    send({ type: 'heartbeat', state: readState() })
  }, everyMs)
  void closed.then(() => clearInterval(heartbeat))

  return { roundTripMs, send, listen: listening.resolve, close: (reason) => socket.close(1000, reason), closed }
}
