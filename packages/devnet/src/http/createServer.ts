import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { methods } from '../rpc/methods.ts'
import { notFound, ToncenterError, unprocessable } from '../rpc/toncenterError.ts'
import { adminRoutes } from './adminRoutes.ts'

const BODY_LIMIT_BYTES = 1024 * 1024

/** JSON-RPC's id: echoed as it came. */
const idSchema = z.union([z.string().max(200), z.number(), z.null()])

const envelopeSchema = z.object({
  jsonrpc: z.literal('2.0').optional(),
  id: idSchema.optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
})

const idOf = (body: unknown): z.output<typeof idSchema> => {
  const id = typeof body === 'object' && body !== null && 'id' in body ? idSchema.safeParse(body.id) : undefined
  return id?.success === true ? id.data : null
}

const call = (chain: Chain, name: string, parameters: unknown): Promise<unknown> => {
  const method = methods.get(name)
  if (method === undefined) throw notFound(`Unknown method: ${name.slice(0, 100)}`)
  return method.call(chain, parameters)
}

const statusOf = (thrown: FastifyError | Error): number => {
  if (thrown instanceof ToncenterError) return thrown.status
  return 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500
}

const jsonRpc = (chain: Chain) => async (request: FastifyRequest) => {
  const envelope = envelopeSchema.safeParse(request.body)
  if (!envelope.success) throw unprocessable(`not a JSON-RPC request: ${z.prettifyError(envelope.error)}`)
  const { id = null, method, params } = envelope.data
  return { ok: true, result: await call(chain, method, params), jsonrpc: '2.0', id }
}

/** Builds the HTTP server: toncenter's dialect under `/api/v2`, what only a devnet has beside it. */
export const createServer = (chain: Chain, onError: (thrown: unknown) => void): FastifyInstance => {
  const server = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true, return503OnClosing: false })
  server.setErrorHandler((thrown: FastifyError | Error, request, reply: FastifyReply) => {
    const code = statusOf(thrown)
    if (code >= 500 && !(thrown instanceof ToncenterError)) onError(thrown)
    const answer = { ok: false, error: thrown.message, code }
    const isRpc = request.url.toLowerCase().endsWith('jsonrpc')
    return reply.status(code).send(isRpc ? { ...answer, jsonrpc: '2.0', id: idOf(request.body) } : answer)
  })
  server.setNotFoundHandler((request) => {
    throw notFound(`there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 100)}`)
  })
  for (const path of ['/api/v2/jsonRPC', '/jsonRPC']) server.post(path, jsonRpc(chain))
  const rest = (parametersOf: (request: FastifyRequest) => unknown) => async (request: FastifyRequest) => {
    const { method } = z.object({ method: z.string() }).parse(request.params)
    return { ok: true, result: await call(chain, method, parametersOf(request)) }
  }
  server.get(
    '/api/v2/:method',
    rest(({ query }) => query),
  )
  server.post(
    '/api/v2/:method',
    rest(({ body }) => body ?? {}),
  )
  adminRoutes(server, chain)
  return server
}
