import { z } from 'zod'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { defineDocument } from '../documents/defineDocument.ts'
import { count, hex32, hex64, origin, unixMs } from '../documents/fields.ts'
import { GstdError } from '../errors/GstdError.ts'

/** What the auditor signs at least once a second while entries arrive: everything up to `size` holds. */
export const logHeadSchema = z.strictObject({
  ...origin,
  size: count,
  root: hex32,
  /** Proof hashes drawn for re-execution; empty while every result is re-executed. */
  drawn: z.array(hex32),
  timestamp: unixMs,
})

export const signedHeadSchema = z.strictObject({ head: logHeadSchema, auditor_key: hex32, signature: hex64 })

export type LogHead = z.output<typeof logHeadSchema>
export type SignedHead = z.output<typeof signedHeadSchema>

export const logHeadDocument = defineDocument('log-head', logHeadSchema, 'DOCUMENT_MALFORMED')

/** Signs a head with the auditor's key. */
export const signHead = async (head: LogHead, auditor: Signer): Promise<SignedHead> => ({
  head,
  auditor_key: auditor.publicKey,
  signature: await auditor.sign(logHeadDocument.hash(head)),
})

/** @throws GstdError `SIGNATURE_INVALID` when the head is not signed by `auditorKey`. */
export const verifyHead = async (signed: SignedHead, auditorKey: string): Promise<void> => {
  const valid =
    signed.auditor_key === auditorKey &&
    (await verifySignature(auditorKey, logHeadDocument.hash(signed.head), signed.signature))
  if (!valid) throw new GstdError('SIGNATURE_INVALID', 'the log’s head is not signed by the network’s auditor')
}
