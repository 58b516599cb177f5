import { fromHex, toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'

/** @returns the first 16 bytes of SHA-256(device key), lower-case hex (protocol §4). */
export const deviceIdOf = (deviceKeyHex: string): string => toHex(sha256(fromHex(deviceKeyHex)).slice(0, 16))
