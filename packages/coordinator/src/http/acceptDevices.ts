import type { FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import { type SessionOptions, serveDevice } from '../devices/deviceSession.ts'

/** The WebSocket connections of devices. */
export type DeviceSockets = {
  /** Ends all of them, and takes no more. */
  close(): void
}

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const PATH = '/api/v1/device'
const refusals = {
  unknown: 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n',
  notNow: 'HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n',
}

/**
 * Serves devices at `/api/v1/device`.
 *
 * @param isOpen - whether devices may connect now
 */
export const acceptDevices = (
  { server }: Pick<FastifyInstance, 'server'>,
  isOpen: () => boolean,
  session: SessionOptions,
): DeviceSockets => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== PATH || !isOpen()) {
      // The server has let go of the socket: a reset that nobody listens for would end the process.
      socket.on('error', () => socket.destroy())
      socket.end(request.url === PATH ? refusals.notNow : refusals.unknown)
      return
    }
    const remote = request.socket.remoteAddress ?? ''
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveDevice(webSocket, remote, session))
  })
  return {
    close: () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}
