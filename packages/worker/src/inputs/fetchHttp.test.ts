import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchHttp, type FetchHttpOptions } from './fetchHttp.ts'

let servers: { close(): unknown }[]
let hits: string[]

const listen = async (server: Server): Promise<number> => {
  servers.push({ close: () => (server.closeAllConnections(), server.close()) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer((request, response) => {
    hits.push(request.url ?? '')
    answer(request, response)
  })
  return `http://127.0.0.1:${await listen(server)}`
}

/** A real name server on this machine; it gives the n-th question the n-th address, the last one for ever. */
const startNameServer = async (addresses: string[]) => {
  const socket = createSocket('udp4')
  let questions = 0
  socket.on('message', (query, peer) => {
    const address = addresses[Math.min(questions++, addresses.length - 1)] ?? ''
    const question = query.subarray(12, query.indexOf(0, 12) + 5)
    const isIpv4 = question.readUInt16BE(question.length - 4) === 1
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, isIpv4 ? 1 : 0, 0, 0, 0, 0])
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)])
    socket.send(Buffer.concat([head, question, ...(isIpv4 ? [record] : [])]), peer.port, peer.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  servers.push(socket)
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return { resolve: (hostname: string) => resolver.resolve4(hostname), questions: () => questions }
}

const fetch = (uri: string, options: Partial<FetchHttpOptions> = {}) =>
  fetchHttp(uri, { policy: { allowLoopback: true }, signal: AbortSignal.timeout(10_000), ...options })

const refused = expect.objectContaining({ code: 'INPUT_SOURCE_REFUSED' })
const unavailable = expect.objectContaining({ code: 'INPUT_UNAVAILABLE' })

beforeEach(() => {
  servers = []
  hits = []
})

afterEach(() => {
  for (const server of servers) server.close()
})

describe('fetchHttp', () => {
  it('fetches bytes, over redirects too', async () => {
    const base = await serve((request, response) => {
      const hop = Number(request.url?.slice(1))
      if (hop < 3) response.writeHead(302, { location: `/${hop + 1}` }).end()
      else response.end('bytes')
    })
    expect(Buffer.from(await fetch(`${base}/0`)).toString()).toBe('bytes')
    expect(hits).toEqual(['/0', '/1', '/2', '/3'])
  })

  it('gives up after three redirects', async () => {
    const base = await serve((_, response) => response.writeHead(307, { location: '/' }).end())
    await expect(fetch(base)).rejects.toThrow(unavailable)
    expect(hits).toHaveLength(4)
  })

  it.each([
    ['private', 'http://10.0.0.1/'],
    ['link-local', 'https://169.254.169.254/latest/'],
    ['IPv6 unique local', 'https://[fd00::1]/'],
    ['mapped private', 'https://[::ffff:192.168.0.1]/'],
    ['decimal private', 'https://167772161/'],
    ['a file', 'file:///etc/passwd'],
    ['plain http', 'http://example.org/'],
    ['credentials', 'https://a:b@example.org/'],
    ['a local name', 'https://router/'],
  ])('refuses a redirect to %s', async (_, location) => {
    const base = await serve((_request, response) => response.writeHead(301, { location }).end())
    await expect(fetch(base)).rejects.toThrow(refused)
  })

  it('refuses a redirect to loopback, even from a host that the owner trusts', async () => {
    const secret = await serve((_, response) => response.end('secret'))
    const gateway = await serve((_, response) => response.writeHead(302, { location: `${secret}/secret` }).end())
    await expect(fetch(`${gateway}/x`, { policy: {}, trustedHost: new URL(gateway) })).rejects.toThrow(refused)
    expect(hits).toEqual(['/x'])
  })

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '0.0.0.0', '100.64.0.1'])(
    'refuses a name that resolves to %s',
    async (address) => {
      const { resolve, questions } = await startNameServer([address])
      await expect(fetch('https://input.example.org/', { policy: {}, resolve })).rejects.toThrow(refused)
      expect(questions()).toBe(1)
    },
  )

  it('refuses a name if any of its addresses is private', async () => {
    const resolve = async () => ['8.8.8.8', '192.168.0.1']
    await expect(fetch('https://input.example.org/', { policy: {}, resolve })).rejects.toThrow(refused)
  })

  it('connects to the address that was checked when the name changes its mind', async () => {
    const server = createServer((_, response) => response.end(hits.push('reached')))
    const port = await listen(server)
    // 198.41.0.4 is public and does not serve this; the second answer would lead to the server above.
    const { resolve, questions } = await startNameServer(['198.41.0.4', '127.0.0.1'])
    const fetching = fetch(`https://rebind.example.org:${port}/`, {
      policy: {},
      resolve,
      signal: AbortSignal.timeout(1000),
    })
    await expect(fetching).rejects.toThrow(unavailable)
    expect(questions()).toBe(1)
    expect(hits).toEqual([])
  })

  it('stays connected to the first address for a name that it may use', async () => {
    const base = await serve((_, response) => response.end('ok'))
    const { resolve, questions } = await startNameServer(['127.0.0.1', '10.0.0.1'])
    const uri = `http://a.localhost:${new URL(base).port}/`
    expect(Buffer.from(await fetch(uri, { resolve })).toString()).toBe('ok')
    expect(questions()).toBe(1)
  })

  it.each([
    [
      'with a length',
      (size: number): RequestListener =>
        (_, response) =>
          response.end(Buffer.alloc(size)),
    ],
    [
      'in chunks',
      (size: number): RequestListener =>
        (_, response) => {
          response.write(Buffer.alloc(size - 1))
          response.end('x')
        },
    ],
  ])('takes 16 MiB and not a byte more, %s', async (_, answerOf) => {
    const limit = 16 * 1024 * 1024
    expect(await fetch(await serve(answerOf(limit)))).toHaveLength(limit)
    await expect(fetch(await serve(answerOf(limit + 1)))).rejects.toThrow(unavailable)
  })

  it.each([204, 206, 304, 403, 404, 500])('takes no bytes from status %d', async (status) => {
    const base = await serve((_, response) => response.writeHead(status).end())
    await expect(fetch(base)).rejects.toThrow(unavailable)
  })

  it('gives up with its signal on a server that never ends', async () => {
    const base = await serve((_, response) => void response.write('a'))
    await expect(fetch(base, { signal: AbortSignal.timeout(200) })).rejects.toThrow(unavailable)
  })

  it('says so when nobody listens', async () => {
    await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow(unavailable)
  })

  it('does not take TLS from a server that has no certificate for the name', async () => {
    const base = await serve((_, response) => response.end())
    await expect(fetch(base.replace('http:', 'https:'))).rejects.toThrow(unavailable)
  })
})
