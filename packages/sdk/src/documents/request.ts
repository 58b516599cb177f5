import { z } from 'zod'
import { canonicalJson } from '../canonical/canonicalJson.ts'
import { fromBase64, toBase64 } from '../canonical/base64.ts'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { GstdError } from '../errors/GstdError.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { defineDocument } from './defineDocument.ts'
import { hex32, hex64, type Origin, origin, rawAddress, unixMs } from './fields.ts'

/** A read or cancellation signed by the requester's session key. */
const requestSchema = z.strictObject({
  ...origin,
  requester: rawAddress,
  public_key: hex32,
  method: z.enum(['GET', 'PUT', 'POST', 'DELETE']),
  /** Path and query, as sent. */
  path: z.string().max(2048),
  timestamp: unixMs,
})

const signedRequestSchema = z.strictObject({ request: requestSchema, signature: hex64 })

export type SignedRequest = z.output<typeof requestSchema>

const requestDocument = defineDocument('request', requestSchema, 'AUTH_REQUIRED')
const SCHEME = 'GSTD-Session '
const MAX_AGE_MS = 60_000

export type SignRequestOptions = {
  origin: Origin
  requester: string
  signer: Signer
  method: SignedRequest['method']
  path: string
  timestamp: number
}

/** @returns the value of the `Authorization` header: the scheme and the signed request in base64. */
export const signRequest = async (options: SignRequestOptions): Promise<string> => {
  const request: SignedRequest = {
    version: 1,
    ...options.origin,
    requester: options.requester,
    public_key: options.signer.publicKey,
    method: options.method,
    path: options.path,
    timestamp: options.timestamp,
  }
  const signature = await options.signer.sign(requestDocument.hash(request))
  return SCHEME + toBase64(new TextEncoder().encode(canonicalJson({ request, signature })))
}

/**
 * Reads and checks an `Authorization` header. Whether the key is a session key of the requester is the caller's check.
 *
 * @throws GstdError `AUTH_REQUIRED`
 */
export const verifyRequest = async (
  header: string | undefined,
  expected: Origin & { method: string; path: string; nowMs: number },
): Promise<SignedRequest> => {
  const refuse = (message: string) =>
    new GstdError('AUTH_REQUIRED', message, { hint: 'sign the request with the session key of the escrow' })
  if (header === undefined || !header.startsWith(SCHEME)) throw refuse('the request is not signed')
  let decoded: unknown
  try {
    decoded = JSON.parse(new TextDecoder().decode(fromBase64(header.slice(SCHEME.length))))
  } catch {
    throw refuse('the Authorization header cannot be read')
  }
  const { request, signature } = parseWith(signedRequestSchema, decoded, 'AUTH_REQUIRED', 'the Authorization header')
  const same =
    request.network === expected.network &&
    request.vault === expected.vault &&
    request.method === expected.method &&
    request.path === expected.path
  if (!same) throw refuse('the signature is for another request or network')
  if (Math.abs(expected.nowMs - request.timestamp) > MAX_AGE_MS) throw refuse('the signature is too old')
  if (!(await verifySignature(request.public_key, requestDocument.hash(request), signature))) {
    throw refuse('the signature does not match the request')
  }
  return request
}
