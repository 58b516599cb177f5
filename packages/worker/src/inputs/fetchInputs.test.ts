import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sha256, toBase64, toHex, type WorkOrder } from '@gstd/sdk'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchInputs, type InputError } from './fetchInputs.ts'

type Input = WorkOrder['input'][number]

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hashOf = (bytes: Uint8Array) => `sha256:${toHex(sha256(bytes))}`
const cidOf = (bytes: Uint8Array) => CID.createV1(0x55, create(0x12, sha256(bytes))).toString()
const block = bytesOf('a raw block')
const inline = (text: string): Input => ({ source: 'inline', hash: hashOf(bytesOf(text)) })

let server: Server
let base: string
let requests: { url: string | undefined; accept: string | undefined }[]

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    requests.push({ url: request.url, accept: request.headers.accept })
    const big = /^\/big\/(\d+)/.exec(request.url ?? '')
    if (big !== null) response.end(Buffer.alloc(16 * 1024 * 1024, Number(big[1])))
    else if (request.url?.startsWith('/ipfs/')) response.end(block)
    else if (request.url === '/slow') response.write('a')
    else response.end(request.url)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
})

const fetch = (inputs: Input[], data: (string | null)[] = inputs.map(() => null), allowLoopback = true) =>
  fetchInputs(inputs, data, { policy: { allowLoopback }, ipfsGateway: base }, AbortSignal.timeout(20_000))

const failing = async (inputs: Input[], data?: (string | null)[], allowLoopback = true) => {
  const error: InputError = await fetch(inputs, data, allowLoopback).then(
    () => expect.unreachable(),
    (thrown) => thrown,
  )
  return { item: error.item, code: error.cause.code }
}

describe('fetchInputs', () => {
  it('brings inline, http and ipfs inputs in the order of the items', async () => {
    const inputs: Input[] = [
      { source: 'ipfs', hash: hashOf(block), uri: `ipfs://${cidOf(block)}` },
      inline('inline'),
      { source: 'http', hash: hashOf(bytesOf('/path')), uri: `${base}/path` },
    ]
    const fetched = await fetch(inputs, [null, toBase64(bytesOf('inline')), null])
    expect(fetched.map((bytes) => Buffer.from(bytes).toString())).toEqual(['a raw block', 'inline', '/path'])
    expect(requests).toContainEqual({ url: `/ipfs/${cidOf(block)}?format=raw`, accept: 'application/vnd.ipld.raw' })
  })

  it('takes an ipfs gateway on this machine even where inputs may not come from it', async () => {
    const inputs: Input[] = [{ source: 'ipfs', hash: hashOf(block), uri: `ipfs://${cidOf(block)}` }]
    expect(await fetch(inputs, [null], false)).toHaveLength(1)
    const http: Input[] = [{ source: 'http', hash: hashOf(block), uri: `${base}/ipfs/x` }]
    expect(await failing(http, [null], false)).toEqual({ item: 0, code: 'INPUT_SOURCE_REFUSED' })
  })

  it.each<[string, () => [Input, string | null], string]>([
    ['other bytes inline', () => [inline('a'), toBase64(bytesOf('b'))], 'INPUT_HASH_MISMATCH'],
    ['no bytes inline', () => [inline('a'), null], 'INPUT_UNAVAILABLE'],
    ['bad base64 inline', () => [inline('a'), '%%%'], 'DOCUMENT_MALFORMED'],
    [
      'other bytes over http',
      () => [{ source: 'http', hash: hashOf(block), uri: `${base}/` }, null],
      'INPUT_HASH_MISMATCH',
    ],
    ['no uri', () => [{ source: 'http', hash: hashOf(block) }, null], 'INPUT_SOURCE_REFUSED'],
    [
      'a gateway that lies',
      () => [{ source: 'ipfs', hash: hashOf(bytesOf('x')), uri: `ipfs://${cidOf(bytesOf('x'))}` }, null],
      'INPUT_HASH_MISMATCH',
    ],
    [
      'a CID of other bytes',
      () => [{ source: 'ipfs', hash: hashOf(bytesOf('x')), uri: `ipfs://${cidOf(block)}` }, null],
      'INPUT_HASH_MISMATCH',
    ],
    [
      'a private address',
      () => [{ source: 'http', hash: hashOf(block), uri: 'https://10.0.0.1/' }, null],
      'INPUT_SOURCE_REFUSED',
    ],
  ])('names the item for %s', async (_, make, code) => {
    const [input, data] = make()
    expect(await failing([inline('fine'), input], [toBase64(bytesOf('fine')), data])).toEqual({ item: 1, code })
  })

  it('takes 64 MiB for one order and no more', async () => {
    const big = (index: number): Input => ({
      source: 'http',
      hash: hashOf(new Uint8Array(16 * 1024 * 1024).fill(index)),
      uri: `${base}/big/${index}`,
    })
    expect(await fetch([big(0), big(1), big(2), big(3)])).toHaveLength(4)
    expect(
      await failing([big(0), big(1), big(2), big(3), inline('a')], [null, null, null, null, 'YQ==']),
    ).toMatchObject({
      code: 'INPUT_UNAVAILABLE',
    })
  })

  it('stops the other fetches with the first that fails', async () => {
    const slow: Input = { source: 'http', hash: hashOf(block), uri: `${base}/slow` }
    expect(await failing([slow, slow, inline('a')], [null, null, 'Yg=='])).toEqual({
      item: 2,
      code: 'INPUT_HASH_MISMATCH',
    })
  })
})
