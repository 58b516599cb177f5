import { z } from 'zod'
import { isErrorCode } from './codes.ts'
import { GstdError } from './GstdError.ts'

const errorDocument = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  hint: z.string().optional(),
  request_id: z.string().optional(),
})

/**
 * Turns whatever was thrown into a {@link GstdError}; what nobody foresaw becomes `INTERNAL_ERROR`.
 */
export const toGstdError = (thrown: unknown): GstdError => {
  if (thrown instanceof GstdError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new GstdError('INTERNAL_ERROR', message, { cause: thrown })
}

/**
 * Revives an error that a peer sent as a document.
 *
 * @returns the same code, message, details and hint; `PEER_ERROR` where the peer's code is unknown here.
 */
export const reviveError = (document: unknown): GstdError => {
  const parsed = errorDocument.safeParse(document)
  if (!parsed.success) return new GstdError('PEER_ERROR', 'the peer answered with something that is no error document')
  const { code, message, details = {}, hint, request_id } = parsed.data
  const options = {
    details: request_id === undefined ? details : { ...details, request_id },
    ...(hint !== undefined && { hint }),
  }
  return isErrorCode(code)
    ? new GstdError(code, message, options)
    : new GstdError('PEER_ERROR', `${code}: ${message}`, options)
}
