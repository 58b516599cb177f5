import type { TonClient } from '@ton/ton'
import type { Pace } from './createPace.ts'

/** What `TonClient` sends its requests through. */
export type ChainAdapter = NonNullable<ConstructorParameters<typeof TonClient>[0]['httpAdapter']>
type Request = Parameters<ChainAdapter>[0]

type Answer = { status: number; statusText: string; text: string; retryAfterMs: number | undefined }

const MAX_ATTEMPTS = 6
const BASE_DELAY_MS = 250
/** Who is asked to wait longer than this is told so instead. */
const MAX_WAIT_MS = 30_000
const DEFAULT_TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** Answers that another try may change. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])
/** How toncenter says, with status 500, that the message itself was refused: asking again changes nothing. */
const REFUSED_MESSAGE = /cannot apply external message|External message was not accepted/i
/** Nobody is there: whoever called decides whether to come back. */
const ABSENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** An endpoint's refusal. */
class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'HttpError'
    this.status = status
  }
}

const delay = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))

const headersOf = ({ headers }: Request): Headers => {
  const plain = new Headers()
  for (const [name, value] of Object.entries(headers.toJSON())) {
    if (typeof value === 'string') plain.set(name, value)
  }
  return plain
}

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer is over ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return new Blob(chunks).text()
}

/** @returns what `Retry-After` asks for: seconds, or a date. */
const retryAfterMs = (header: string | null): number | undefined => {
  if (header === null) return undefined
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(waitMs) && waitMs > 0 ? waitMs : undefined
}

/** A redirect is not followed: the key would go with it. */
const ask = async (request: Request): Promise<Answer> => {
  const response = await fetch(request.url ?? '', {
    method: 'POST',
    redirect: 'error',
    headers: headersOf(request),
    body: typeof request.data === 'string' ? request.data : '',
    signal: AbortSignal.timeout(request.timeout ?? DEFAULT_TIMEOUT_MS),
  })
  const { status, statusText, headers } = response
  return { status, statusText, text: await readText(response), retryAfterMs: retryAfterMs(headers.get('retry-after')) }
}

/**
 * Node's `fetch` says "fetch failed" and keeps the reason below; browsers keep it to themselves.
 *
 * @returns the reason, and whether another try may help
 */
const reasonOf = (thrown: unknown): { error: Error; isPassing: boolean } => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (error.name === 'TimeoutError') return { error: new Error('no answer in time'), isPassing: true }
  const { cause } = error
  if (!(cause instanceof Error)) return { error, isPassing: true }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  return { error: cause, isPassing: code !== undefined && !ABSENT.has(code) }
}

const refusalOf = ({ status, text }: Answer): HttpError =>
  new HttpError(status, `HTTP ${status} ${text.replaceAll(/\s+/g, ' ').slice(0, 300)}`.trim())

/** Half of it at least, so that many who were refused at once do not come back at once. */
const backOffMs = (attempt: number): number => BASE_DELAY_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)

/**
 * Makes what every request to one endpoint goes through: at its pace, and again after a wait where the endpoint is busy
 * (429), ill (5xx) or drops the connection. Every call of the API may be repeated: a wallet takes a message once.
 */
export const createChainAdapter = (pace: Pace): ChainAdapter => {
  const attempt = async (request: Request): Promise<{ answer: Answer } | { again: Error; waitMs: number }> => {
    await pace.take()
    let answer: Answer
    try {
      answer = await ask(request)
    } catch (thrown) {
      const { error, isPassing } = reasonOf(thrown)
      if (!isPassing) throw error
      return { again: error, waitMs: 0 }
    }
    if (answer.status === 200) return { answer }
    const error = refusalOf(answer)
    if (!PASSING.has(answer.status) || REFUSED_MESSAGE.test(answer.text)) throw error
    return { again: error, waitMs: answer.retryAfterMs ?? 0 }
  }

  return async (request) => {
    const startMs = performance.now()
    for (let attempts = 1; ; attempts++) {
      const outcome = await attempt(request)
      if ('answer' in outcome) {
        const { status, statusText, text } = outcome.answer
        return { data: text, status, statusText, headers: {}, config: request }
      }
      const waitMs = Math.max(outcome.waitMs, backOffMs(attempts))
      if (outcome.waitMs > 0) pace.holdMs(Math.min(outcome.waitMs, MAX_WAIT_MS))
      const isLate = performance.now() - startMs + waitMs > MAX_WAIT_MS
      if (attempts === MAX_ATTEMPTS || isLate) throw outcome.again
      await delay(waitMs)
    }
  }
}
