import { z } from 'zod'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { defineDocument } from '../documents/defineDocument.ts'
import { hex32, hex64, origin } from '../documents/fields.ts'
import { GstdError } from '../errors/GstdError.ts'

/** What the auditor does not sign, and exactly why: an entry by its hash, a charge or commit by its cell's. */
export const refusalSchema = z.strictObject({ ...origin, hash: hex32, reason: z.string().min(1).max(2000) })

export const signedRefusalSchema = z.strictObject({ refusal: refusalSchema, signature: hex64 })

export type Refusal = z.output<typeof refusalSchema>
export type SignedRefusal = z.output<typeof signedRefusalSchema>

export const refusalDocument = defineDocument('refusal', refusalSchema, 'DOCUMENT_MALFORMED')

/** Signs a refusal with the auditor's key. */
export const signRefusal = async (refusal: Refusal, auditor: Signer): Promise<SignedRefusal> => ({
  refusal,
  signature: await auditor.sign(refusalDocument.hash(refusal)),
})

/** @throws GstdError `SIGNATURE_INVALID` when the refusal is not signed by `auditorKey`. */
export const verifyRefusal = async ({ refusal, signature }: SignedRefusal, auditorKey: string): Promise<void> => {
  if (await verifySignature(auditorKey, refusalDocument.hash(refusal), signature)) return
  throw new GstdError('SIGNATURE_INVALID', 'the refusal is not signed by the network’s auditor')
}
