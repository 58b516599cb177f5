import { codes, type ErrorCode } from './codes.ts'
import type { Fault } from './defineCodes.ts'

const DOCS_BASE = 'docs/errors.md'

const EXIT_CODES: Record<Fault, number> = { internal: 1, user: 2, config: 3, network: 4, peer: 5, chain: 6 }

/** How an error travels over HTTP, WebSocket and `--output json`. */
export type ErrorDocument = {
  code: string
  message: string
  details?: Record<string, unknown>
  hint?: string
  request_id?: string
}

export type GstdErrorOptions = {
  /** Machine-readable facts: the path of a field, the sums that did not fit. JSON only, no secrets. */
  details?: Record<string, unknown>
  /** What to do about it, as an instruction. */
  hint?: string
  cause?: unknown
}

/**
 * The one error class of the project; `code` decides fault, HTTP status, exit code and documentation.
 *
 * @example
 * throw new GstdError('MODEL_UNKNOWN', 'model "x" is not on the whitelist', { details: { model: 'x' } })
 */
export class GstdError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: GstdErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GstdError'
    this.code = code
    this.details = options.details ?? {}
    this.hint = options.hint
  }

  get fault(): Fault {
    return codes[this.code].fault
  }

  get httpStatus(): number {
    return codes[this.code].httpStatus
  }

  get exitCode(): number {
    return EXIT_CODES[this.fault]
  }

  get retryable(): boolean {
    return 'retryable' in codes[this.code]
  }

  get docsUrl(): string {
    return `${DOCS_BASE}#${this.code.toLowerCase()}`
  }

  /** @returns the wire form, without stack and cause. */
  toDocument(requestId?: string): ErrorDocument {
    return {
      code: this.code,
      message: this.message,
      ...(Object.keys(this.details).length > 0 && { details: this.details }),
      ...(this.hint !== undefined && { hint: this.hint }),
      ...(requestId !== undefined && { request_id: requestId }),
    }
  }
}
