import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../../metrics/createMetrics.ts'

/** What Prometheus scrapes. */
export const metricsRoutes = (server: FastifyInstance, metrics: Metrics): void => {
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.read()))
}
