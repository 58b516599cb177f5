import { z } from 'zod'
import { canonicalBytes } from '../canonical/canonicalJson.ts'
import { fromHex, toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { hex32 } from './fields.ts'

/** A known answer as it travels beside the descriptor, never to a device. */
export const knownAnswerSchema = z.strictObject({ value: z.array(z.unknown()).min(1).max(256), salt: hex32 })

export type KnownAnswer = z.output<typeof knownAnswerSchema>

/** @returns SHA-256(salt ‖ JCS(value)), the descriptor's `reference_commitment`. */
export const referenceCommitmentOf = ({ value, salt }: KnownAnswer): string =>
  toHex(sha256(fromHex(salt), canonicalBytes(value)))
