import {
  type CosignedKind,
  GstdError,
  knownAnswerSchema,
  type LogEntry,
  type Origin,
  parseLogEntry,
  parseWith,
  readAnswer,
  reviveError,
  type SignedHead,
  signedHeadSchema,
  type SignedRefusal,
  type Signer,
  signRequest,
  unreachableReason,
} from '@gstd/sdk'
import { z } from 'zod'
import type { Evidence } from '../ledger/entryContext.ts'

export type CoordinatorApiOptions = {
  /** @returns the checked origin of the coordinator, which may move */
  url: () => string
  origin: Origin
  signer: Signer
  /** Raw address that signed requests name. */
  address: string
  /** Unix ms. */
  clock: () => number
  signal: AbortSignal
}

export type LogPage = {
  entries: LogEntry[]
  size: number
  /** The coordinator was started anew, and writes nothing until it knows what was signed last. */
  awaitsHead: boolean
}
export type Cosignature = { of: CosignedKind; hash: string; auditor_signature: string }

/**
 * The coordinator, as the auditor meets it. Every method throws `COORDINATOR_UNREACHABLE`, the coordinator's own errors,
 * and `PEER_ERROR` or `DOCUMENT_MALFORMED` for answers that are not what they should be.
 */
export type CoordinatorApi = {
  readLog(from: number, limit: number): Promise<LogPage>
  /** @returns the newest head that the coordinator has of the auditor */
  readHead(): Promise<SignedHead | undefined>
  /** @returns undefined when the coordinator has none of this task */
  readEvidence(taskId: string): Promise<Evidence | undefined>
  postHead(head: SignedHead): Promise<void>
  postCosignature(cosignature: Cosignature): Promise<void>
  postRefusal(refusal: SignedRefusal): Promise<void>
}

const TIMEOUT_MS = 15_000

const pageSchema = z.object({
  entries: z.array(z.unknown()),
  size: z.int().nonnegative(),
  awaits_head: z.boolean().optional(),
})
const headSchema = z.object({ head: signedHeadSchema.nullable() })
const evidenceSchema = z.object({
  known_answer: knownAnswerSchema.nullish(),
  results: z.array(z.object({ attempt: z.int(), result: z.array(z.unknown()).nullish() })),
})

/** Makes the client of one coordinator. */
export const createCoordinatorApi = (options: CoordinatorApiOptions): CoordinatorApi => {
  const { origin, signer, signal } = options

  const request = async (method: 'GET' | 'POST', path: string, init: RequestInit = {}): Promise<unknown> => {
    const url = options.url()
    let response: Response
    let answer: unknown
    try {
      response = await fetch(url + path, {
        ...init,
        method,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      answer = await readAnswer(response)
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      if (thrown instanceof GstdError) throw thrown
      throw new GstdError(
        'COORDINATOR_UNREACHABLE',
        `no answer from the coordinator at ${url}: ${unreachableReason(thrown)}`,
        {
          details: { coordinator: url },
          cause: thrown,
        },
      )
    }
    if (!response.ok) throw reviveError(answer)
    return answer
  }

  const post = async (path: string, body: unknown): Promise<void> => {
    await request('POST', path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }

  return {
    readLog: async (from, limit) => {
      const answer = await request('GET', `/api/v1/log?from=${from}&limit=${limit}`)
      const page = parseWith(pageSchema, answer, 'PEER_ERROR', 'the log')
      return { entries: page.entries.map(parseLogEntry), size: page.size, awaitsHead: page.awaits_head === true }
    },
    readHead: async () => {
      const answer = await request('GET', '/api/v1/log/head')
      return parseWith(headSchema, answer, 'PEER_ERROR', 'the log’s head').head ?? undefined
    },
    readEvidence: async (taskId) => {
      const path = `/api/v1/auditor/evidence/${taskId}`
      const authorization = await signRequest({
        origin,
        requester: options.address,
        signer,
        method: 'GET',
        path,
        timestamp: options.clock(),
      })
      let answer: unknown
      try {
        answer = await request('GET', path, { headers: { authorization } })
      } catch (thrown) {
        if (thrown instanceof GstdError && thrown.code === 'TASK_UNKNOWN') return undefined
        throw thrown
      }
      const { known_answer, results } = parseWith(evidenceSchema, answer, 'PEER_ERROR', 'the evidence')
      return {
        knownAnswer: known_answer ?? undefined,
        results: new Map(results.flatMap(({ attempt, result }) => (result ? [[attempt, result] as const] : []))),
      }
    },
    postHead: (head) => post('/api/v1/auditor/heads', head),
    postCosignature: (cosignature) => post('/api/v1/auditor/cosignatures', cosignature),
    postRefusal: ({ refusal, signature }) =>
      post('/api/v1/auditor/refusals', { hash: refusal.hash, reason: refusal.reason, signature }),
  }
}
