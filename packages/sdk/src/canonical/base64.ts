import { GstdError } from '../errors/GstdError.ts'

/** The last character before padding carries bits that nothing decodes: only its spelling with zeros is taken. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/
const CHUNK_BYTES = 0x8000

/** @returns standard base64 with padding (RFC 4648 §4). */
export const toBase64 = (bytes: Uint8Array): string => {
  let binary = ''
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES))
  }
  return btoa(binary)
}

/**
 * Decodes standard base64 with padding.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` for anything else: URL-safe alphabet, missing padding, stray bits in the last
 * character. One value has one spelling.
 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  if (!BASE64.test(text)) throw new GstdError('DOCUMENT_MALFORMED', 'not standard base64 with padding')
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
