import type { z } from 'zod'
import { toHex } from '../canonical/hex.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { hashDocument } from './hashDocument.ts'

/** One kind of signed or hashed document: its domain, its schema, its hash. */
export type DocumentKind<Document> = {
  readonly name: string
  /** @throws GstdError with the document's own code, naming the path of the wrong field. */
  parse(value: unknown): Document
  /** @returns 32 bytes */
  hash(document: Document): Uint8Array<ArrayBuffer>
  /** @returns the hash as lower-case hex. */
  id(document: Document): string
}

/**
 * Declares a kind of document.
 *
 * @param toHashed - what is hashed, where that is not the whole document
 */
export const defineDocument = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  invalidCode: ErrorCode,
  toHashed: (document: z.output<Schema>) => unknown = (document) => document,
): DocumentKind<z.output<Schema>> => {
  const hash = (document: z.output<Schema>) => hashDocument(name, toHashed(document))
  return {
    name,
    parse: (value) => parseWith(schema, value, invalidCode, name),
    hash,
    id: (document) => toHex(hash(document)),
  }
}
