import {
  cosignedKinds,
  GstdError,
  type KnownAnswer,
  type NetworkParameters,
  parseWith,
  signedHeadSchema,
  verifyRequest,
} from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Heads } from '../../log/heads.ts'
import type { Journal } from '../../log/journal.ts'
import type { Standing } from '../../recovery/createStanding.ts'
import type { Payments } from '../../payments/createPayments.ts'
import { bodyJson } from '../createServer.ts'

export type AuditorRoutesOptions = {
  journal: Journal
  heads: Heads
  standing: Pick<Standing, 'isOpen' | 'check' | 'hear'>
  payments: Payments
  parameters: NetworkParameters
  clock: () => number
}

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
export const cosignatureSchema = z.strictObject({
  of: z.enum(cosignedKinds),
  hash: hex(32),
  auditor_signature: hex(64),
})
export const refusalBodySchema = z.strictObject({
  hash: hex(32),
  reason: z.string().min(1).max(2000),
  signature: hex(64),
})
export const evidenceTaskSchema = z.strictObject({ task_id: z.uuidv4() })

/** What the auditor sends: heads, co-signatures, refusals; and the evidence it may ask for. */
export const auditorRoutes = (server: FastifyInstance, options: AuditorRoutesOptions): void => {
  const { journal, heads, standing, payments, parameters, clock } = options

  server.post('/api/v1/auditor/heads', async (request, reply) => {
    const signed = parseWith(signedHeadSchema, bodyJson(request), 'DOCUMENT_MALFORMED', 'the signed head')
    await standing.hear(signed)
    if (standing.isOpen) await heads.accept(signed)
    return reply.status(202).send({ size: heads.size })
  })

  server.post('/api/v1/auditor/cosignatures', async (request, reply) => {
    standing.check()
    await payments.acceptCosignature(
      parseWith(cosignatureSchema, bodyJson(request), 'DOCUMENT_MALFORMED', 'the co-signature'),
    )
    return reply.status(202).send({})
  })

  server.post('/api/v1/auditor/refusals', async (request, reply) => {
    standing.check()
    const refusal = parseWith(refusalBodySchema, bodyJson(request), 'DOCUMENT_MALFORMED', 'the refusal')
    const { signature, ...content } = refusal
    const { network, vault } = parameters
    await payments.acceptRefusal({ refusal: { version: 1, network, vault, ...content }, signature })
    return reply.status(202).send({})
  })

  server.get('/api/v1/auditor/evidence/:task_id', async (request) => {
    const { task_id } = parseWith(evidenceTaskSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    const signed = await verifyRequest(request.headers.authorization, {
      network: parameters.network,
      vault: parameters.vault,
      method: request.method,
      path: request.url,
      nowMs: clock(),
    })
    if (signed.public_key !== parameters.auditor_key) {
      throw new GstdError('AUTH_REQUIRED', 'evidence is for the network’s auditor only')
    }
    const [task] = await journal.query<{ known_answer: KnownAnswer | null }>(
      'SELECT known_answer FROM tasks WHERE task_id = $1',
      [task_id],
    )
    if (task === undefined) throw new GstdError('TASK_UNKNOWN', `there is no task ${task_id}`)
    const results = await journal.query<{ attempt: number; result: unknown[] }>(
      `SELECT attempt, result FROM seats WHERE task_id = $1 AND state = 'closed' ORDER BY attempt`,
      [task_id],
    )
    return { known_answer: task.known_answer, results }
  })
}
