import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { methods } from '../rpc/methods.ts'
import { notFound, ToncenterError, unprocessable } from '../rpc/toncenterError.ts'
import { adminRoutes } from './adminRoutes.ts'
import { allowEveryOrigin } from './allowEveryOrigin.ts'

const BODY_LIMIT_BYTES = 1024 * 1024
const JSON_RPC_PATHS = ['/api/v2/jsonRPC', '/jsonRPC']

/** JSON-RPC's id: echoed as it came. */
const idSchema = z.union([z.string().max(200), z.number(), z.null()])

const envelopeSchema = z.object({
  jsonrpc: z.literal('2.0').optional(),
  id: idSchema.optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
})

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0] ?? ''

const idOf = (body: unknown): z.output<typeof idSchema> => {
  const id = typeof body === 'object' && body !== null && 'id' in body ? idSchema.safeParse(body.id) : undefined
  return id?.success === true ? id.data : null
}

const call = (chain: Chain, name: string, parameters: unknown): Promise<unknown> => {
  const method = methods.get(name)
  if (method === undefined) throw notFound(`Unknown method: ${name.slice(0, 100)}`)
  return method.call(chain, parameters)
}

/** @returns the status of a refusal: the dialect's or Fastify's own; 500 for everything that should not happen */
const statusOf = (thrown: unknown): number => {
  if (thrown instanceof ToncenterError) return thrown.status
  const status = thrown instanceof Error && 'statusCode' in thrown ? Number(thrown.statusCode) : 500
  // Fastify says 400 of bodies that are not JSON, toncenter 422.
  return status === 400 ? 422 : status
}

/**
 * Builds the HTTP server: toncenter's dialect under `/api/v2`, and what only a devnet has beside it.
 *
 * @param onError - told of requests that failed by no fault of theirs
 */
export const createServer = (chain: Chain, onError: (thrown: unknown) => void): FastifyInstance => {
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const code = statusOf(thrown)
    const expected = thrown instanceof ToncenterError || code < 500
    if (!expected) onError(thrown)
    const answer = { ok: false, error: thrown instanceof Error ? thrown.message : String(thrown), code }
    const isRpc = JSON_RPC_PATHS.includes(pathOf(request))
    reply.status(code).send(isRpc ? { ...answer, jsonrpc: '2.0', id: idOf(request.body) } : answer)
  }
  const server = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    // A parameter of that name is one that no method knows, and is left out as they are.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    forceCloseConnections: true,
    return503OnClosing: false,
    frameworkErrors: refuse,
  })
  allowEveryOrigin(server)
  server.setErrorHandler(refuse)
  server.setNotFoundHandler((request) => {
    const path = pathOf(request)
    if (path.startsWith('/api/v2/') || path === '/jsonRPC') throw new ToncenterError(405, 'Method Not Allowed')
    throw notFound(`there is no ${request.method} ${path.slice(0, 100)}`)
  })
  const jsonRpc = async ({ body }: FastifyRequest) => {
    const envelope = envelopeSchema.safeParse(body)
    if (!envelope.success) throw unprocessable(`not a JSON-RPC request: ${z.prettifyError(envelope.error)}`)
    const { id = null, method, params } = envelope.data
    return { ok: true, result: await call(chain, method, params), jsonrpc: '2.0', id }
  }
  for (const path of JSON_RPC_PATHS) server.post(path, jsonRpc)
  server.get('/api/v2/jsonRPC', () => {
    throw new ToncenterError(405, 'Method Not Allowed')
  })
  const rest = async (name: string, parameters: unknown) => ({ ok: true, result: await call(chain, name, parameters) })
  server.get<{ Params: { method: string } }>('/api/v2/:method', ({ params, query }) => rest(params.method, query))
  server.post<{ Params: { method: string } }>('/api/v2/:method', ({ params, body }) => rest(params.method, body ?? {}))
  adminRoutes(server, chain)
  return server
}
