import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import { json } from 'node:stream/consumers'

export type HttpAnswer = { status: number; body: unknown }

/** HTTP with connections that stay open, and a count of everything that passed them. */
export type CountingHttp = {
  post(path: string, body: string, headers?: Record<string, string>): Promise<HttpAnswer>
  /** Bytes in both directions, headers included. */
  bytes(): number
  close(): void
}

const TIMEOUT_MS = 60_000

/** @param origin - `http://127.0.0.1:PORT` */
export const createHttp = (origin: string): CountingHttp => {
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()
  return {
    post: (path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const sent = request(
          new URL(path, origin),
          {
            agent,
            method: 'POST',
            timeout: TIMEOUT_MS,
            headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
          },
          (response) => {
            json(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject)
          },
        )
        sent.on('socket', (socket) => sockets.add(socket))
        sent.on('timeout', () => sent.destroy(new Error(`no answer to POST ${path} in ${TIMEOUT_MS} ms`)))
        sent.on('error', reject)
        sent.end(body)
      }),
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0),
    close: () => agent.destroy(),
  }
}
