import type { FastifyInstance } from 'fastify'
import { buildOpenApi } from '../openapi/buildOpenApi.ts'

/** The description of the API. */
export const openApiRoutes = (server: FastifyInstance): void => {
  let description: unknown
  server.get('/openapi.json', async () => (description ??= buildOpenApi()))
}
