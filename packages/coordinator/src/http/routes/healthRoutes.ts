import type { FastifyInstance } from 'fastify'
import type { ReadinessView } from '../createReadiness.ts'
import { RETRY_AFTER_SEC } from '../createServer.ts'

/** Whether the process lives, and whether it takes tasks. */
export const healthRoutes = (server: FastifyInstance, readiness: () => Promise<ReadinessView>): void => {
  server.get('/healthz', async () => ({ status: 'ok' }))

  server.get('/readyz', async (_request, reply) => {
    const view = await readiness()
    if (view.status === 'ready') return view
    return reply.status(503).header('retry-after', RETRY_AFTER_SEC).send(view)
  })
}
