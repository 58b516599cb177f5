import { hash } from 'node:crypto'

/**
 * Compares bytes with a SHA-256 in lower-case hex.
 */
export const hasHash = (bytes: Uint8Array, sha256: string): boolean => hash('sha256', bytes) === sha256
