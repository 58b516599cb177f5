import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { GstdError } from '../errors/GstdError.ts'

const LOWER_HEX = /^(?:[0-9a-f]{2})*$/

/** @returns lower-case hex. */
export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes)

/**
 * Decodes lower-case hex.
 *
 * @throws GstdError `DOCUMENT_MALFORMED` for anything else, upper case included: one value has one spelling.
 */
export const fromHex = (hex: string): Uint8Array<ArrayBuffer> => {
  if (!LOWER_HEX.test(hex)) throw new GstdError('DOCUMENT_MALFORMED', 'not lower-case hex')
  return new Uint8Array(hexToBytes(hex))
}
