import { toHex } from '../canonical/hex.ts'

/** @returns `byteCount` random bytes of the platform's generator, as lower-case hex. */
export const randomHex = (byteCount: number): string => toHex(crypto.getRandomValues(new Uint8Array(byteCount)))
