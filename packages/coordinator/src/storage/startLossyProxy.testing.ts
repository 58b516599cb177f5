import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a coordinator and its database server. */
export type LossyProxy = {
  /** The database's URL through the proxy. */
  readonly databaseUrl: string
  /** Breaks off the next connection that asks for this, when the server has answered: the answer is lost. */
  loseAnswerTo(statement: string): void
  close(): Promise<void>
}

/** Starts a proxy for a database server. */
export const startLossyProxy = async (databaseUrl: string): Promise<LossyProxy> => {
  const url = new URL(databaseUrl)
  const target = { host: url.hostname, port: Number(url.port) }
  const sockets = new Set<Socket>()
  let lost: string | undefined
  const server = createServer((client) => {
    const upstream = connect(target)
    let isBreaking = false
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (lost !== undefined && bytes.includes(lost)) {
        lost = undefined
        isBreaking = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (isBreaking) client.destroy()
      else client.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url.port = String((server.address() as AddressInfo).port)
  return {
    databaseUrl: url.href,
    loseAnswerTo: (statement) => {
      lost = statement
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
