import { limits, type NetworkParameters, parseWith } from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { listEpochs } from '../../epochs/listEpochs.ts'
import type { Heads } from '../../log/heads.ts'
import type { Journal } from '../../log/journal.ts'
import type { Standing } from '../../recovery/createStanding.ts'
import type { Spool } from '../../spool/createSpool.ts'
import type { Authenticate } from '../authenticate.ts'
import { bodyBytes } from '../createServer.ts'

export type PublicRoutesOptions = {
  journal: Journal
  heads: Heads
  standing: Pick<Standing, 'awaitsHead'>
  spool: Spool
  authenticate: Authenticate
  parameters: NetworkParameters
  /** Coordinator's signature over the parameters. */
  parametersSignature: string
}

export const logRangeSchema = z.object({
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
})
export const epochFilterSchema = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
export const blobHashSchema = z.strictObject({ sha256: z.string() })

/** Parameters, the log, paid epochs, the spool. */
export const publicRoutes = (server: FastifyInstance, options: PublicRoutesOptions): void => {
  const { journal, heads, spool, parameters } = options

  server.get('/api/v1/parameters', async () => ({ parameters, coordinator_signature: options.parametersSignature }))

  server.get('/api/v1/log', async (request) => {
    const { from, limit } = parseWith(logRangeSchema, request.query, 'DOCUMENT_MALFORMED', 'the query')
    const page = { entries: await journal.entries(from, limit), size: journal.tree.size }
    return options.standing.awaitsHead ? { ...page, awaits_head: true } : page
  })

  server.get('/api/v1/log/head', async () => ({ size: journal.tree.size, head: (await heads.latest()) ?? null }))

  server.get('/api/v1/epochs', async (request) => {
    const filter = parseWith(epochFilterSchema, request.query, 'DOCUMENT_MALFORMED', 'the query')
    return { epochs: await listEpochs(journal, filter) }
  })

  server.put('/api/v1/blobs/:sha256', { bodyLimit: limits.fetchedBytes }, async (request, reply) => {
    await options.authenticate.actor(request)
    const { sha256 } = parseWith(blobHashSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    await spool.put(sha256, bodyBytes(request))
    return reply.status(201).send({ sha256 })
  })

  server.get('/api/v1/blobs/:sha256', async (request, reply) => {
    const { sha256 } = parseWith(blobHashSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    const { bytes, stream } = await spool.read(sha256)
    return reply.header('content-length', bytes).type('application/octet-stream').send(stream)
  })
}
