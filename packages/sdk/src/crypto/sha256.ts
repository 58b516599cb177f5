import { sha256 as portableSha256 } from '@noble/hashes/sha2.js'
import { concatBytes } from '@noble/hashes/utils.js'
import { nodeCrypto } from './nodeCrypto.ts'

/**
 * SHA-256 of the concatenation of all parts.
 *
 * @returns 32 bytes
 */
export const sha256 = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const [first = new Uint8Array(), ...rest] = parts
  const bytes = rest.length === 0 ? first : concatBytes(...parts)
  return new Uint8Array(nodeCrypto === undefined ? portableSha256(bytes) : nodeCrypto.hash('sha256', bytes, 'buffer'))
}
