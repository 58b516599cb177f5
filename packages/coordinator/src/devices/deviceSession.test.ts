import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  challengeDocument,
  createSigner,
  type DeviceMessage,
  GstdError,
  isErrorCode,
  randomHex,
  signCertificate,
  type Signer,
} from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { networkForTests } from '../dispatch/openBench.testing.ts'
import { type Journal, openJournal } from '../log/journal.ts'
import { openParameters } from '../parameters/openParameters.ts'
import { copyDatabaseForFile } from '../storage/copyDatabase.testing.ts'
import { type Connections, createConnections } from './connections.ts'
import { createDeviceIdentity, type DeviceIdentity, type DeviceIdentityOptions } from './createDevice.testing.ts'
import { serveDevice } from './deviceSession.ts'

const MAX_PAYLOAD = 64 * 1024
const coordinator = createSigner(randomHex(32))
const network = networkForTests(coordinator.publicKey)
const origin = { network: network.network, vault: network.vault }
const defects: string[] = []
const handled: DeviceMessage[] = []
const rejections: unknown[] = []
/** What handling a message fails with. */
let failure: Error | undefined
const onRejection = (reason: unknown) => rejections.push(reason)

let journal: Journal
let connections: Connections
let server: WebSocketServer
let close: () => Promise<void>

beforeAll(async () => {
  process.on('unhandledRejection', onRejection)
  const database = await copyDatabaseForFile()
  journal = await openJournal(database, origin, Date.now)
  const { parameters } = await openParameters(journal, network, coordinator, Date.now())
  connections = createConnections()
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_PAYLOAD })
  server.on('connection', (socket) =>
    serveDevice(socket, '203.0.113.7', {
      journal,
      connections,
      parameters,
      independenceSalt: 'salt',
      clock: Date.now,
      logger: pino({ level: 'error' }, { write: (line: string) => defects.push(line) }),
      onMessage: async (_connection, message) => {
        handled.push(message)
        return { written: failure === undefined ? Promise.resolve() : Promise.reject(failure) }
      },
      onReady: async () => undefined,
      onGone: async () => undefined,
    }),
  )
  await once(server, 'listening')
  close = async () => {
    server.close()
    await database.close()
  }
})
afterAll(async () => {
  await close()
  process.off('unhandledRejection', onRejection)
})

type Heard = { type: string; code?: string; message?: string; nonce?: string }

/** A client that keeps what it hears. */
const open = async () => {
  const { port } = server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  const heard: Heard[] = []
  const waiters: (() => void)[] = []
  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString('utf8')))
    for (const wake of waiters.splice(0)) wake()
  })
  const closed = once(socket, 'close').then(([code]) => Number(code))
  await once(socket, 'open')
  const next = async (type: string): Promise<Heard> => {
    for (;;) {
      const found = heard.findIndex((message) => message.type === type)
      if (found !== -1) return heard.splice(found, 1)[0] as Heard
      await new Promise<void>((resolve) => {
        waiters.push(resolve)
      })
    }
  }
  const say = (message: unknown) => socket.send(JSON.stringify(message))
  return { socket, heard, next, say, closed }
}

const identify = (options: Partial<DeviceIdentityOptions> = {}) =>
  createDeviceIdentity({ origin, nowMs: Date.now(), ...options })

const signChallenge = (identity: DeviceIdentity, nonce: string, key: Signer = identity.key) =>
  key.sign(challengeDocument.hash({ version: 1, ...origin, device_id: identity.deviceId, nonce }))

const greet = async (identity: DeviceIdentity, key?: Signer) => {
  const client = await open()
  client.say(identity.hello)
  const { nonce = '' } = await client.next('challenge')
  client.say({ type: 'authenticate', signature: await signChallenge(identity, nonce, key) })
  return client
}

const isKnown = async ({ deviceId }: DeviceIdentity): Promise<boolean> =>
  (await journal.query('SELECT 1 FROM devices WHERE device_id = $1', [deviceId])).length > 0

/** Says one thing first, and must be refused and let go, without a trace. */
const expectRefused = async (identity: DeviceIdentity, code: string): Promise<void> => {
  const client = await open()
  client.say(identity.hello)
  expect(await client.next('error')).toMatchObject({ code, message: expect.stringMatching(/\w+ \w+/) })
  expect(await client.closed).toBe(4002)
  expect(await isKnown(identity)).toBe(false)
}

describe('a device that may come', () => {
  it('is welcomed once it has proven its key, logged once, and replaced by its next connection', async () => {
    const identity = await identify()
    const size = journal.tree.size
    const first = await greet(identity)
    expect(await first.next('welcome')).toMatchObject({ device_id: identity.deviceId })
    const second = await greet(identity)
    await second.next('welcome')
    expect(await first.closed).toBe(4000)
    expect(journal.tree.size).toBe(size + 1)
    expect(connections.get(identity.deviceId)).toMatchObject({ addressRange: '203.0.113.0/24' })
    second.say({ type: 'ack', order_hash: randomHex(32) })
    second.say({ type: 'hello' })
    expect(await second.next('error')).toMatchObject({ code: 'MESSAGE_INVALID' })
    expect(handled.at(-1)).toMatchObject({ type: 'ack' })
    second.socket.close()
    await second.closed
    await expect.poll(() => connections.get(identity.deviceId)).toBeUndefined()
  })

  it('may bring a newer certificate, and not an older one after it', async () => {
    const identity = await identify({ certificate: { revision: 3 } })
    const renewed = await identify({ owner: identity.owner, key: identity.key, certificate: { revision: 4 } })
    const older = await identify({ owner: identity.owner, key: identity.key, certificate: { revision: 2 } })
    for (const current of [identity, renewed]) {
      const client = await greet(current)
      await client.next('welcome')
      client.socket.close()
      await client.closed
    }
    for (const replaced of [identity, older]) {
      const client = await greet(replaced)
      expect(await client.next('error')).toMatchObject({ code: 'CERTIFICATE_INVALID' })
      expect(await client.closed).toBe(4002)
    }
    const [row] = await journal.query('SELECT revision FROM devices WHERE device_id = $1', [identity.deviceId])
    expect(row).toEqual({ revision: 4 })
  })

  it('is sent away to come back when what it said could not be written', async () => {
    const client = await greet(await identify())
    await client.next('welcome')
    failure = new GstdError('STORAGE_UNAVAILABLE', 'the database does not answer')
    client.say({ type: 'ack', order_hash: randomHex(32) })
    expect(await client.next('error')).toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect(await client.closed).toBe(4003)
    failure = undefined
  })

  it('is not kept when it leaves before it is welcome', async () => {
    const identity = await identify()
    const client = await open()
    client.say(identity.hello)
    const { nonce = '' } = await client.next('challenge')
    const signature = await signChallenge(identity, nonce)
    const hold = Promise.withResolvers<void>()
    const blocked = journal.write(() => hold.promise)
    client.say({ type: 'authenticate', signature })
    client.socket.terminate()
    await client.closed
    await expect.poll(() => server.clients.size).toBe(0)
    hold.resolve()
    await blocked
    await expect.poll(() => isKnown(identity)).toBe(true)
    await journal.write(async () => undefined)
    expect(connections.get(identity.deviceId)).toBeUndefined()
  })
})

describe('a device that may not', () => {
  it.each([
    ['an expired certificate', { certificate: { expires_at: Date.now() - 1 } }, 'CERTIFICATE_INVALID'],
    ['a certificate of the future', { certificate: { issued_at: Date.now() + 3_600_000 } }, 'CERTIFICATE_INVALID'],
    ['a certificate of another network', { certificate: { network: -239 } }, 'NETWORK_MISMATCH'],
    ['a certificate of another vault', { certificate: { vault: `0:${'99'.repeat(32)}` } }, 'NETWORK_MISMATCH'],
    ['somebody else’s address as its owner', { certificate: { owner: `0:${'99'.repeat(32)}` } }, 'CERTIFICATE_INVALID'],
    [
      'a payout address on the masterchain',
      { certificate: { payout_address: `-1:${'99'.repeat(32)}` } },
      'CERTIFICATE_INVALID',
    ],
    ['a runtime that is not offered', { hello: { numeric_class: 'native/avx2' } }, 'FEATURE_NOT_OFFERED'],
  ] satisfies [string, Partial<DeviceIdentityOptions>, string][])('has %s', async (_name, options, code) => {
    await expectRefused(await identify(options), code)
  })

  it('has a certificate that another device or owner signed, or that was changed', async () => {
    const identity = await identify()
    const { certificate } = identity.certificate
    const { owner, key } = identity
    const stranger = createSigner(randomHex(32))
    const byOther = await signCertificate({ certificate, owner: stranger, wallet: 'v5r1', device: key })
    const forOther = await signCertificate({ certificate, owner, wallet: 'v5r1', device: stranger })
    const changed = {
      ...identity.certificate,
      certificate: { ...certificate, payout_address: `0:${'99'.repeat(32)}` },
    }
    for (const forged of [byOther, forOther, changed]) {
      await expectRefused({ ...identity, hello: { ...identity.hello, certificate: forged } }, 'CERTIFICATE_INVALID')
    }
  })

  it('has none', async () => {
    const client = await open()
    client.say({ type: 'hello' })
    expect(await client.next('error')).toMatchObject({
      code: 'MESSAGE_INVALID',
      message: expect.stringContaining('certificate'),
    })
    expect(await client.closed).toBe(4002)
  })

  it('signs the challenge with another key, or one of another connection', async () => {
    const identity = await identify()
    const client = await greet(identity, createSigner(randomHex(32)))
    expect(await client.next('error')).toMatchObject({ code: 'CHALLENGE_FAILED' })
    expect(await client.closed).toBe(4002)
    const replay = await open()
    replay.say(identity.hello)
    await replay.next('challenge')
    replay.say({ type: 'authenticate', signature: await signChallenge(identity, randomHex(32)) })
    expect(await replay.next('error')).toMatchObject({ code: 'CHALLENGE_FAILED' })
    expect(await isKnown(identity)).toBe(false)
  })

  it.each([
    [
      'speaks before it is known',
      { type: 'commit', order_hash: randomHex(32), commitment: randomHex(32) },
      'CHALLENGE_FAILED',
    ],
    [
      'authenticates before it has said hello',
      { type: 'authenticate', signature: '00'.repeat(64) },
      'CHALLENGE_FAILED',
    ],
    ['says something unknown', { type: 'give_money' }, 'MESSAGE_INVALID'],
    ['says nothing', null, 'MESSAGE_INVALID'],
  ])('%s', async (_name, message, code) => {
    const client = await open()
    client.say(message)
    expect(await client.next('error')).toMatchObject({ code })
    expect(await client.closed).toBe(4002)
  })
})

describe('noise', () => {
  it('from a welcome device is answered, and what makes sense among it is heard', async () => {
    const identity = await identify()
    const client = await greet(identity)
    await client.next('welcome')
    handled.length = 0
    for (let n = 0; n < 500; n++) client.socket.send(n % 2 === 0 ? '{"type":' : Buffer.from(randomHex(20), 'hex'))
    client.say({ type: 'ack', order_hash: '11'.repeat(32) })
    await expect.poll(() => handled.length).toBe(1)
    await expect.poll(() => client.heard.length).toBe(500)
    expect(client.heard.every(({ type, code }) => type === 'error' && code === 'MESSAGE_INVALID')).toBe(true)
    client.socket.close()
    await client.closed
  })

  it('before the welcome ends the connection, whatever else was sent', async () => {
    const client = await open()
    for (let n = 0; n < 1000; n++) client.socket.send('noise')
    expect(await client.closed).toBe(4002)
    expect(client.heard.length).toBeGreaterThan(0)
    expect(client.heard.every(({ code }) => code !== undefined && isErrorCode(code))).toBe(true)
  })

  it('that is too large ends the connection with the WebSocket’s own code', async () => {
    const client = await open()
    client.socket.send('x'.repeat(MAX_PAYLOAD + 1))
    expect(await client.closed).toBe(1009)
  })

  it('broke nothing', () => {
    expect(defects).toEqual([])
    expect(rejections).toEqual([])
  })
})
