import { canonicalBytes } from '../canonical/canonicalJson.ts'
import { sha256 } from '../crypto/sha256.ts'

const encoder = new TextEncoder()

/**
 * Hashes a document under its domain: SHA-256("gstd/<name>/v1\n" ‖ JCS(document)).
 * The domain keeps a signature of one kind of document from being one of another kind.
 *
 * @param name - the document's name in the table of `docs/protocol.md`
 * @returns 32 bytes
 */
export const hashDocument = (name: string, document: unknown): Uint8Array<ArrayBuffer> =>
  sha256(encoder.encode(`gstd/${name}/v1\n`), canonicalBytes(document))
