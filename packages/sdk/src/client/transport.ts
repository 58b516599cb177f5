import type { SignedRequest } from '../documents/request.ts'
import { GstdError } from '../errors/GstdError.ts'
import { reviveError } from '../errors/toGstdError.ts'
import { readAnswer, unreachableReason } from './readAnswer.ts'

/** How often a request that got no answer is sent again, and how long to wait before the first repetition. */
export type RetryPolicy = { attempts: number; baseDelayMs: number }

export type TransportOptions = {
  /** Origin of the coordinator. */
  url: string
  /** Gives the `Authorization` of a request: path with query. */
  authorize: (method: SignedRequest['method'], path: string) => Promise<string>
  fetch: typeof globalThis.fetch
  retry: RetryPolicy
}

export type TransportRequest = {
  method: SignedRequest['method']
  /** Path and query. */
  path: string
  body?: Uint8Array<ArrayBuffer>
  /** Says whose the request is; intake's batches carry their own signature. */
  signed?: boolean
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

/** Sends requests to one coordinator; every method is idempotent, so a lost answer is asked for again. */
export type Transport = { json(request: TransportRequest): Promise<unknown> }

const DEFAULT_TIMEOUT_MS = 30_000
const MAX_DELAY_MS = 5_000

/**
 * Waits, unless the caller gives up.
 *
 * @throws the signal's reason
 */
export const delay = (delayMs: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', onAbort, { once: true })
  })

/** Makes the transport of one client. */
export const createTransport = (options: TransportOptions): Transport => {
  const attempt = async (request: TransportRequest): Promise<unknown> => {
    const { method, path, body, signal } = request
    const authorization = request.signed === true ? await options.authorize(method, path) : undefined
    const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    let response: Response
    let answer: unknown
    try {
      response = await options.fetch(options.url + path, {
        method,
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        headers: {
          accept: 'application/json',
          ...(authorization !== undefined && { authorization }),
          ...(body !== undefined && {
            'content-type': method === 'PUT' ? 'application/octet-stream' : 'application/json',
          }),
        },
        ...(body !== undefined && { body }),
      })
      answer = await readAnswer(response)
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason
      if (thrown instanceof GstdError) throw thrown
      throw new GstdError(
        'COORDINATOR_UNREACHABLE',
        `no answer from the coordinator at ${options.url}: ${unreachableReason(thrown)}`,
        {
          details: { coordinator: options.url },
          hint: 'check that the coordinator runs and that the address is right',
          cause: thrown,
        },
      )
    }
    if (!response.ok) throw reviveError(answer)
    return answer
  }

  return {
    json: async (request) => {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(request)
        } catch (thrown) {
          const again = thrown instanceof GstdError && thrown.retryable && tries < options.retry.attempts
          if (!again) throw thrown
        }
        const delayMs = Math.min(MAX_DELAY_MS, options.retry.baseDelayMs * 2 ** (tries - 1))
        await delay(delayMs * (0.5 + Math.random() / 2), request.signal)
      }
    },
  }
}
