import canonicalize from 'canonicalize'
import { GstdError } from '../errors/GstdError.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Serialises a value to canonical JSON (RFC 8785, JCS).
 *
 * @throws GstdError `DOCUMENT_MALFORMED` for what JSON cannot hold: NaN, infinities, bigint, lone surrogates, cycles.
 * @example canonicalJson({ b: 1, a: [] }) // '{"a":[],"b":1}'
 */
export const canonicalJson = (value: unknown): string => {
  let text: string | undefined
  try {
    text = canonicalize(value)
  } catch (cause) {
    throw new GstdError(
      'DOCUMENT_MALFORMED',
      `no canonical form: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    )
  }
  if (text === undefined) throw new GstdError('DOCUMENT_MALFORMED', 'no canonical form: the value is not JSON')
  return text
}

/** @returns the UTF-8 bytes of {@link canonicalJson}. */
export const canonicalBytes = (value: unknown): Uint8Array<ArrayBuffer> => encoder.encode(canonicalJson(value))

/**
 * Parses bytes that must be canonical JSON, so that one document has exactly one encoding.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` when the bytes are no JSON, `DOCUMENT_NOT_CANONICAL` when they differ from
 * the canonical form of what they say (white space, key order, duplicate keys, number spelling).
 */
export const parseCanonicalJson = (bytes: Uint8Array): unknown => {
  let text: string
  let value: unknown
  try {
    text = decoder.decode(bytes)
    value = JSON.parse(text)
  } catch (cause) {
    throw new GstdError('DOCUMENT_MALFORMED', 'the body is not JSON in UTF-8', { cause })
  }
  if (canonicalJson(value) !== text) {
    throw new GstdError('DOCUMENT_NOT_CANONICAL', 'the body is not in canonical form', {
      hint: 'serialise it as RFC 8785 says: sorted keys, no white space, no duplicate keys, shortest numbers',
    })
  }
  return value
}
