import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** How the endpoint treats one request: as it is, a status of its own, a connection that is dropped before or after. */
export type Treatment = 'pass' | 'drop' | 'lose the answer' | { status: number; retryAfter?: string; body?: string }

export type FlakyEndpoint = {
  readonly endpoint: string
  /** What each request asked for, with its headers and when it came. */
  readonly requests: { method: string; atMs: number; headers: IncomingMessage['headers'] }[]
  /** Says how the next requests are treated; later ones pass. */
  next(...treatments: Treatment[]): void
  /** Treats all requests of one method so, once each. */
  nextOf(method: string, treatment: Treatment): void
  stop(): Promise<void>
}

/** Serves a real endpoint through a server that misbehaves when it is told to. */
export const startFlakyEndpoint = async (real: string): Promise<FlakyEndpoint> => {
  const requests: FlakyEndpoint['requests'] = []
  const treatments: Treatment[] = []
  const byMethod = new Map<string, Treatment>()

  const forward = async (body: Buffer<ArrayBuffer>): Promise<{ status: number; text: string }> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(real, { method: 'POST', headers, body })
    return { status: answer.status, text: await answer.text() }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const { method } = JSON.parse(body.toString()) as { method: string }
    requests.push({ method, atMs: performance.now(), headers: request.headers })
    const own = byMethod.get(method)
    byMethod.delete(method)
    const treatment = own ?? treatments.shift() ?? 'pass'
    if (treatment === 'drop') return void request.socket.destroy()
    if (typeof treatment === 'object') {
      const { status, retryAfter, body: text = `{"ok":false,"error":"told to","code":${treatment.status}}` } = treatment
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(text)
      return
    }
    const { status, text } = await forward(body)
    if (treatment === 'lose the answer') return void request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/api/v2/jsonRPC`,
    requests,
    next: (...more) => void treatments.push(...more),
    nextOf: (method, treatment) => void byMethod.set(method, treatment),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
