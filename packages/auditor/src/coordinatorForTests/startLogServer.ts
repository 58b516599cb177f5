import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  cosignedKinds,
  createLogTree,
  GstdError,
  type LogEntry,
  logEntryHash,
  type SignedHead,
  signedHeadSchema,
  toGstdError,
  toHex,
  verifyHead,
  verifyRefusal,
  verifyRequest,
  verifySignature,
} from '@gstd/sdk'
import { z } from 'zod'
import type { History } from '../historyForTests/createHistory.ts'
import { evidenceOf } from '../historyForTests/foldHistory.ts'
import { auditor, network, origin } from '../historyForTests/parties.ts'

const cosignatureSchema = z.strictObject({
  of: z.enum(cosignedKinds),
  hash: z.string(),
  auditor_signature: z.string(),
})
const refusalSchema = z.strictObject({ hash: z.string(), reason: z.string(), signature: z.string() })

/** What happens to a request before the API sees it. */
export type Disturbance = (path: string, method: string) => { status: number; body: string } | undefined

const readAll = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
}

/**
 * Serves a history as a coordinator does: the log as far as `shown`, what the auditor sends is checked as a coordinator
 * checks it, and co-signatures and refusals are logged.
 */
export const startLogServer = async (history: History, options: { logsAnswers?: boolean } = {}) => {
  const state = {
    entries: history.entries,
    shown: history.entries.length,
    heads: [] as SignedHead[],
    cosigned: [] as string[],
    refusals: [] as { hash: string; reason: string; headSize: number }[],
    requests: [] as string[],
    disturb: undefined as Disturbance | undefined,
    withholdsEvidence: false,
  }
  const waiting = new Set<() => void>()

  const append = (kind: 'cosignature' | 'refusal', body: object): void => {
    if (options.logsAnswers === false) return
    const last = state.entries.at(-1)
    state.entries.push({ index: state.entries.length, at: last?.at ?? 0, kind, body } as LogEntry)
    state.shown = state.entries.length
  }

  const rootAt = (size: number): string => {
    const tree = createLogTree()
    for (const entry of state.entries.slice(0, size)) tree.append(logEntryHash(entry, origin))
    return toHex(tree.root())
  }

  const acceptHead = async (body: unknown): Promise<void> => {
    const signed = signedHeadSchema.parse(body)
    await verifyHead(signed, auditor.publicKey)
    if (signed.head.size > state.shown || rootAt(signed.head.size) !== signed.head.root) {
      throw new GstdError('DOCUMENT_MALFORMED', 'the head’s root is not the one of this log')
    }
    state.heads.push(signed)
  }

  const acceptCosignature = async (body: unknown): Promise<void> => {
    const cosignature = cosignatureSchema.parse(body)
    const { hash, auditor_signature: signature } = cosignature
    if (!(await verifySignature(auditor.publicKey, Buffer.from(hash, 'hex'), signature))) {
      throw new GstdError('SIGNATURE_INVALID', 'not the auditor’s')
    }
    state.cosigned.push(hash)
    append('cosignature', cosignature)
  }

  const acceptRefusal = async (body: unknown): Promise<void> => {
    const { hash, reason, signature } = refusalSchema.parse(body)
    await verifyRefusal({ refusal: { version: 1, ...origin, hash, reason }, signature }, auditor.publicKey)
    state.refusals.push({ hash, reason, headSize: state.heads.at(-1)?.head.size ?? 0 })
    append('refusal', { hash, reason })
  }

  const readEvidence = async (request: IncomingMessage, path: string) => {
    const signed = await verifyRequest(request.headers.authorization, {
      ...origin,
      method: 'GET',
      path,
      nowMs: Date.now(),
    })
    if (signed.public_key !== auditor.publicKey) throw new GstdError('AUTH_REQUIRED', 'for the auditor only')
    const task = history.tasks.get(path.split('/').at(-1) ?? '')
    if (task === undefined || state.withholdsEvidence) throw new GstdError('TASK_UNKNOWN', 'no such task')
    const { knownAnswer, results } = evidenceOf(task)
    return {
      known_answer: knownAnswer ?? null,
      results: [...results].map(([attempt, result]) => ({ attempt, result })),
    }
  }

  const answer = async (request: IncomingMessage, body: unknown): Promise<{ status: number; value: unknown }> => {
    const { url = '' } = request
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    if (pathname === '/api/v1/log') {
      const from = Number(searchParams.get('from'))
      const entries = state.entries.slice(from, Math.min(state.shown, from + Number(searchParams.get('limit'))))
      return { status: 200, value: { entries, size: state.shown } }
    }
    if (pathname === '/api/v1/log/head') {
      return { status: 200, value: { size: state.shown, head: state.heads.at(-1) ?? null } }
    }
    if (pathname.startsWith('/api/v1/auditor/evidence/'))
      return { status: 200, value: await readEvidence(request, url) }
    if (pathname === '/api/v1/auditor/heads') await acceptHead(body)
    else if (pathname === '/api/v1/auditor/cosignatures') await acceptCosignature(body)
    else if (pathname === '/api/v1/auditor/refusals') await acceptRefusal(body)
    else throw new GstdError('ROUTE_UNKNOWN', 'there is no such endpoint')
    return { status: 202, value: {} }
  }

  const send = (response: ServerResponse, status: number, body: string) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    state.requests.push(`${method} ${url}`)
    const body = await readAll(request)
    const disturbance = state.disturb?.(url, method)
    if (disturbance !== undefined) {
      send(response, disturbance.status, disturbance.body)
    } else {
      try {
        const { status, value } = await answer(request, body)
        send(response, status, JSON.stringify(value))
      } catch (thrown) {
        const error = toGstdError(thrown)
        send(response, error.httpStatus, JSON.stringify(error.toDocument()))
      }
    }
    for (const wake of waiting) wake()
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    network: { ...network, coordinator: url },
    state,
    /** Waits until requests have brought about what is asked for. */
    until: async (isThere: () => boolean): Promise<void> => {
      while (!isThere()) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake)
            resolve()
          }
          waiting.add(wake)
        })
      }
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export type LogServer = Awaited<ReturnType<typeof startLogServer>>
