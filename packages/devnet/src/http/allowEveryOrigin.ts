import type { FastifyInstance } from 'fastify'

/** Lets web pages of every origin in, as toncenter does: there is nothing here but test money. */
export const allowEveryOrigin = (server: FastifyInstance): void => {
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*')
  })
  server.options('/*', (_request, reply) =>
    reply
      .status(204)
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'content-type, x-api-key, x-ton-client-version')
      .send(),
  )
}
