import {
  challengeDocument,
  type CoordinatorMessage,
  type DeviceMessage,
  deviceMessageSchema,
  GstdError,
  type NetworkParameters,
  parseWith,
  randomHex,
  toGstdError,
  verifySignature,
} from '@gstd/sdk'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { Journal } from '../log/journal.ts'
import type { Connection, Connections } from './connections.ts'
import { addressRangeOf } from './addressRange.ts'
import { checkHello, registerDevice } from './registerDevice.ts'

export type SessionOptions = {
  journal: Journal
  connections: Connections
  parameters: NetworkParameters
  independenceSalt: string
  clock: () => number
  logger: Logger
  /** Takes a message; `written` is when its effect is on disk. */
  onMessage: (connection: Connection, message: DeviceMessage) => Promise<Taken>
  onReady: (connection: Connection) => Promise<void>
  /** The device is not connected any more. */
  onGone: (connection: Connection) => Promise<void>
}

type Taken = { written: Promise<void> }

const AT_ONCE: Taken = { written: Promise.resolve() }

type Hello = Extract<DeviceMessage, { type: 'hello' }>

const AUTHENTICATION_MS = 10_000
const HEARTBEAT_MS = 5_000
/** Messages of one device that may wait; a device that sends faster than the disk is not read from. */
const MAX_WAITING = 64

const decode = (data: Buffer): DeviceMessage => {
  let value: unknown
  try {
    value = JSON.parse(data.toString('utf8'))
  } catch (cause) {
    throw new GstdError('MESSAGE_INVALID', 'the message is not JSON', { cause })
  }
  return parseWith(deviceMessageSchema, value, 'MESSAGE_INVALID', 'the message')
}

/** Serves one device's WebSocket from `hello` to its end; whatever it sends, it gets an answer and nothing breaks. */
export const serveDevice = (socket: WebSocket, remoteAddress: string, options: SessionOptions): void => {
  const { parameters, clock, logger } = options
  const challenge = randomHex(32)
  let hello: { message: Hello; deviceId: string } | undefined
  let connection: Connection | undefined
  const ping: { echo: string | undefined; sentAtMs: number } = { echo: undefined, sentAtMs: 0 }
  let waiting = 0
  let last: Promise<void> = Promise.resolve()

  const send = (message: CoordinatorMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }
  const sendError = (thrown: unknown): void => {
    const { code, message } = toGstdError(thrown)
    if (code === 'INTERNAL_ERROR') logger.error({ err: thrown, device: connection?.deviceId }, 'device message failed')
    send({ type: 'error', code, message })
    // Whether what it said was written is not known: when it comes back it is told what is still wanted of it.
    if (code === 'STORAGE_UNAVAILABLE') socket.close(4003, 'not written')
  }

  const authenticate = async (signature: string): Promise<void> => {
    if (hello === undefined) throw new GstdError('CHALLENGE_FAILED', 'send `hello` first')
    const { message, deviceId } = hello
    const { certificate } = message.certificate
    const hash = challengeDocument.hash({
      version: 1,
      network: parameters.network,
      vault: parameters.vault,
      device_id: deviceId,
      nonce: challenge,
    })
    if (!(await verifySignature(certificate.device_key, hash, signature))) {
      throw new GstdError('CHALLENGE_FAILED', 'the challenge is not signed by the certificate’s device key')
    }
    await registerDevice(options.journal, deviceId, message, remoteAddress, options.independenceSalt)
    // A device that has left meanwhile must not be given orders for ever.
    if (socket.readyState !== socket.OPEN) return
    connection = {
      deviceId,
      deviceKey: certificate.device_key,
      certifiedUntilMs: certificate.expires_at,
      owner: certificate.owner,
      fingerprint: message.fingerprint,
      addressRange: addressRangeOf(remoteAddress),
      operations: new Set(message.operations),
      state: message.state,
      latencyMs: 0,
      send,
      close: () => socket.close(4000, 'replaced by a newer connection'),
    }
    options.connections.add(connection)
    send({ type: 'welcome', device_id: deviceId, time: clock(), heartbeat_ms: HEARTBEAT_MS })
    await options.onReady(connection)
  }

  const receive = async (message: DeviceMessage): Promise<Taken> => {
    if (message.type === 'hello' && connection === undefined) {
      hello = { message, deviceId: await checkHello(message, parameters, clock()) }
      send({ type: 'challenge', nonce: challenge, time: clock() })
      return AT_ONCE
    }
    if (message.type === 'authenticate' && connection === undefined) {
      await authenticate(message.signature)
      return AT_ONCE
    }
    if (connection === undefined) throw new GstdError('CHALLENGE_FAILED', 'the device is not authenticated')
    if (message.type === 'heartbeat' && message.echo === ping.echo) {
      connection.latencyMs = performance.now() - ping.sentAtMs
      ping.echo = undefined
    }
    return options.onMessage(connection, message)
  }

  const timeout = setTimeout(() => {
    if (connection === undefined) socket.close(4001, 'not authenticated in time')
  }, AUTHENTICATION_MS)
  const pinging = setInterval(() => {
    if (connection === undefined) return
    ping.echo = randomHex(8)
    ping.sentAtMs = performance.now()
    send({ type: 'ping', echo: ping.echo })
  }, HEARTBEAT_MS)

  socket.on('message', (data: Buffer) => {
    waiting += 1
    if (waiting > MAX_WAITING) socket.pause()
    const taken = last.then(() => receive(decode(data)))
    // The next message is taken when this one is, not when it is on disk: many share one write.
    last = taken.then(
      () => undefined,
      () => undefined,
    )
    taken
      .then(({ written }) => written)
      .catch((thrown: unknown) => {
        sendError(thrown)
        if (connection === undefined) socket.close(4002, 'not accepted')
      })
      .finally(() => {
        waiting -= 1
        if (socket.isPaused && waiting < MAX_WAITING / 2) socket.resume()
      })
  })
  socket.on('error', (error) => logger.debug({ err: error }, 'device socket'))
  socket.on('close', () => {
    clearTimeout(timeout)
    clearInterval(pinging)
    if (connection === undefined || !options.connections.remove(connection)) return
    options.onGone(connection).catch((thrown: unknown) => logger.error({ err: thrown }, 'a lost device was not noted'))
  })
}
