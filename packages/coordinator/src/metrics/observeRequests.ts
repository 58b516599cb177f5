import type { FastifyInstance } from 'fastify'
import type { Instruments } from './createInstruments.ts'

/** Measures every request, by the route that answered it: addresses themselves are anybody's choice. */
export const observeRequests = (server: FastifyInstance, { requestSec }: Pick<Instruments, 'requestSec'>): void => {
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url
    const labels = { method: route === undefined ? '' : request.method, route: route ?? '', status: reply.statusCode }
    requestSec.observe(labels, reply.elapsedTime / 1000)
  })
}
