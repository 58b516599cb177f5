import { connect } from 'node:net'
import { randomBytes } from 'node:crypto'
import { createClient, createSigner, isErrorCode, randomHex, sha256, signRequest, toHex } from '@gstd/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBody, makeItem } from './support/buildSubmission.ts'
import { type FundedRequester, fundRequesters } from './support/fundRequesters.ts'
import { openNetwork, type TestNetwork } from './support/openNetwork.ts'

let net: TestNetwork
let owner: FundedRequester
let other: FundedRequester
let taskId: string
const defects: string[] = []
const rejections: unknown[] = []
const onRejection = (reason: unknown) => rejections.push(reason)

const url = (path: string) => `${net.network.coordinator}${path}`

beforeAll(async () => {
  process.on('unhandledRejection', onRejection)
  net = await openNetwork(pino({ level: 'error' }, { write: (line: string) => defects.push(line) }))
  const funded = await fundRequesters(net, { owner: {}, other: {} })
  owner = funded.owner
  other = funded.other
  const item = makeItem(net.network, owner)
  const body = await makeBody({ network: net.network, requester: owner, items: [item] })
  const response = await fetch(url('/api/v1/tasks'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (response.status !== 202) throw new Error(await response.text())
  taskId = item.descriptor.task_id
})
afterAll(async () => {
  await net.close()
  process.off('unhandledRejection', onRejection)
})

type Method = 'GET' | 'PUT' | 'DELETE'
type Signing = { by?: FundedRequester; path?: string; method?: Method; timestamp?: number; vault?: string }

const authorization = (method: Method, path: string, { by = owner, ...changes }: Signing = {}) =>
  signRequest({
    origin: { network: net.network.network, vault: changes.vault ?? net.network.vault },
    requester: by.address,
    signer: by.sessionKey,
    method: changes.method ?? method,
    path: changes.path ?? path,
    timestamp: changes.timestamp ?? Date.now(),
  })

const ask = async (method: Method, path: string, header?: string, body?: Uint8Array<ArrayBuffer>) => {
  const response = await fetch(url(path), {
    method,
    headers: {
      ...(header !== undefined && { authorization: header }),
      ...(body !== undefined && { 'content-type': 'application/octet-stream' }),
    },
    ...(body !== undefined && { body }),
  })
  return { status: response.status, answer: await response.json() }
}

const paths = (): [Method, string][] => [
  ['GET', '/api/v1/tasks'],
  ['GET', `/api/v1/tasks/${taskId}`],
  ['GET', `/api/v1/tasks/${taskId}/receipt`],
  ['DELETE', `/api/v1/tasks/${taskId}`],
  ['GET', `/api/v1/escrows/${owner.address}`],
  ['GET', `/api/v1/auditor/evidence/${taskId}`],
]

describe('reads', () => {
  it('are for those who signed them', async () => {
    const wrong: [string, Signing | undefined][] = [
      ['unsigned', undefined],
      ['by a key that is not the session key', { by: { ...owner, sessionKey: createSigner(randomHex(32)) } }],
      ['by a requester without an escrow', { by: { ...owner, address: `0:${randomHex(32)}` } }],
      ['for another path', { path: '/api/v1/tasks?limit=1' }],
      ['for another method', { method: 'PUT' }],
      ['two minutes old', { timestamp: Date.now() - 120_000 }],
      ['for another vault', { vault: `0:${randomHex(32)}` }],
    ]
    for (const [method, path] of paths()) {
      for (const [name, signing] of wrong) {
        const header = signing && (await authorization(method, path, signing))
        const { status, answer } = await ask(method, path, header)
        expect({ method, path, name, status, code: answer.code }).toMatchObject({ status: 401, code: 'AUTH_REQUIRED' })
      }
      for (const header of [
        '',
        'Bearer x',
        'GSTD-Session',
        'GSTD-Session !!!',
        'GSTD-Session e30=',
        `GSTD-Session ${'A'.repeat(8000)}`,
      ]) {
        const { status, answer } = await ask(method, path, header)
        expect({ method, path, header, status, code: answer.code }).toMatchObject({
          status: 401,
          code: 'AUTH_REQUIRED',
        })
      }
    }
  })

  it('show nobody what belongs to others', async () => {
    const client = createClient({ network: net.network, requester: other.address, sessionKey: other.sessionKey })
    expect(await client.list()).toEqual([])
    const unknown = expect.objectContaining({ code: 'TASK_UNKNOWN' })
    await expect(client.get(taskId)).rejects.toEqual(unknown)
    await expect(client.cancel(taskId)).rejects.toEqual(unknown)
    await expect(client.receipt(taskId)).rejects.toEqual(unknown)
    const path = `/api/v1/escrows/${owner.address}`
    expect(await ask('GET', path, await authorization('GET', path, { by: other }))).toMatchObject({
      status: 401,
      answer: { code: 'AUTH_REQUIRED' },
    })
    const mine = createClient({ network: net.network, requester: owner.address, sessionKey: owner.sessionKey })
    expect(await mine.get(taskId)).toMatchObject({ status: 'queued' })
    await expect(mine.receipt(taskId)).rejects.toMatchObject({ code: 'RECEIPT_NOT_READY' })
  })

  it('name a query that makes no sense', async () => {
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'status=lost']) {
      const path = `/api/v1/tasks?${query}`
      expect(await ask('GET', path, await authorization('GET', path))).toMatchObject({
        status: 400,
        answer: { code: 'DOCUMENT_MALFORMED', details: { path: query.split('=')[0] } },
      })
    }
    for (const path of ['/api/v1/log?from=-1', '/api/v1/log?limit=1e9', '/api/v1/log?from=9e99']) {
      expect(await ask('GET', path)).toMatchObject({ status: 400, answer: { code: 'DOCUMENT_MALFORMED' } })
    }
  })
})

describe('the spool', () => {
  const put = async (bytes: Uint8Array<ArrayBuffer>, hash = toHex(sha256(bytes)), signing?: Signing | null) => {
    const path = `/api/v1/blobs/${hash}`
    return ask('PUT', path, signing === null ? undefined : await authorization('PUT', path, signing), bytes)
  }

  it('takes signed files of the hash they name, and gives them to whoever knows it', async () => {
    const bytes = new Uint8Array(randomBytes(100_000))
    const hash = toHex(sha256(bytes))
    expect(await put(bytes, hash, null)).toMatchObject({ status: 401, answer: { code: 'AUTH_REQUIRED' } })
    expect(await put(bytes, randomHex(32))).toMatchObject({ status: 422, answer: { code: 'INPUT_HASH_MISMATCH' } })
    expect(await put(bytes, 'x')).toMatchObject({ status: 422, answer: { code: 'INPUT_HASH_MISMATCH' } })
    expect(await ask('GET', `/api/v1/blobs/${hash}`)).toMatchObject({ status: 404, answer: { code: 'BLOB_UNKNOWN' } })
    expect((await put(bytes)).status).toBe(201)
    const read = await fetch(url(`/api/v1/blobs/${hash}`))
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(bytes)
  })

  it('refuses files of more than 16 MiB', async () => {
    const bytes = new Uint8Array(16 * 1024 * 1024 + 1)
    expect(await put(bytes)).toMatchObject({ status: 413, answer: { code: 'DOCUMENT_TOO_LARGE' } })
  })
})

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']
const TYPES = ['application/json', 'application/octet-stream', 'text/plain', 'application/json; charset=latin1', 'x']
const pick = <Item>(items: readonly Item[], random: number): Item => items[random % items.length] as Item

describe('random bytes', () => {
  it('get a coded answer from every route', async () => {
    const routes = [
      ...paths().map(([, path]) => path),
      '/',
      '/api/v1/log',
      '/api/v1/log/head',
      '/api/v1/blobs/x',
      '/api/v1/auditor/heads',
      '/api/v1/auditor/cosignatures',
      '/api/v1/auditor/refusals',
      '/api/v1/device',
      '/%zz',
      '/api/v1/tasks/%E0%A4%A',
      `/api/v1/escrows/${'9'.repeat(3000)}`,
    ]
    for (let round = 0; round < 300; round++) {
      const lot = randomBytes(8)
      const method = pick(METHODS, lot.readUInt8(0))
      const path = pick(routes, round)
      const hasBody = method !== 'GET'
      const length = pick([0, 1, 50, 5000], lot.readUInt8(1))
      const json = pick(['{}', '[]', 'null', '"\\ud800"', '{"head":{}}', '{"__proto__":1}', '1e999'], lot.readUInt8(2))
      const body = lot.readUInt8(3) % 2 === 0 ? new Uint8Array(randomBytes(length)) : json
      const response = await fetch(
        url(path + pick(['', '?limit=%00', '?wait_ms=-1', '?a[b]=c&a=d'], lot.readUInt8(4))),
        {
          method,
          headers: { 'content-type': pick(TYPES, lot.readUInt8(5)) },
          ...(hasBody && { body }),
        },
      )
      const text = await response.text()
      const seen = { method, path, status: response.status, text }
      const isCoded = seen.status < 400 || isErrorCode(JSON.parse(text).code)
      if (seen.status >= 500 || !isCoded) defects.push(JSON.stringify(seen))
    }
    expect(defects).toEqual([])
  })

  it('and broken HTTP do not end the coordinator', async () => {
    const { hostname, port } = new URL(net.network.coordinator)
    const upgrade = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
    const starts = [
      upgrade('/elsewhere'),
      upgrade('/api/v1/device'),
      'GET / HTTP/9.9\r\n\r\n',
      '\u0016\u0003\u0001',
      'POST /api/v1/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{',
    ]
    for (const start of starts) {
      for (let n = 0; n < 5; n++) {
        await new Promise<void>((resolve) => {
          const socket = connect(Number(port), hostname, () => {
            socket.write(start)
            socket.write(randomBytes(200))
            setImmediate(() => socket.resetAndDestroy())
          })
          socket.on('error', () => undefined)
          socket.on('close', () => resolve())
        })
      }
    }
    expect((await fetch(url('/healthz'))).status).toBe(200)
  })

  it('over the WebSocket get a coded error', async () => {
    for (let round = 0; round < 30; round++) {
      const socket = new WebSocket(`${url('/api/v1/device').replace('http', 'ws')}`)
      const closed = Promise.withResolvers<number>()
      const heard: string[] = []
      socket.addEventListener('message', ({ data }) => heard.push(String(data)))
      socket.addEventListener('close', ({ code }) => closed.resolve(code))
      socket.addEventListener('open', () => {
        const text = pick(
          ['{}', '[]', '{"type":"hello"}', '{"type":"commit"}', '"\\ud800"', '{"type":"__proto__"}'],
          round,
        )
        for (let n = 0; n < 20; n++) socket.send(n % 2 === round % 2 ? text : new Uint8Array(randomBytes(n * 10)))
      })
      expect(await closed.promise).toBe(4002)
      expect(heard.length).toBeGreaterThan(0)
      for (const line of heard)
        expect(JSON.parse(line)).toMatchObject({
          type: 'error',
          code: expect.stringMatching(/^(MESSAGE_INVALID|CHALLENGE_FAILED)$/),
        })
    }
  })

  it('leave nothing behind', async () => {
    expect(defects).toEqual([])
    expect(rejections).toEqual([])
    const { size } = await (await fetch(url('/api/v1/log'))).json()
    expect(size).toBe(2)
  })
})
