import { z } from 'zod'
import { hashDocument } from '../documents/hashDocument.ts'
import { count, type Origin, unixMs } from '../documents/fields.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { type LogEntryContent, logEntrySchema } from './entries.ts'

/** An entry in its place in the ordered log. */
export type LogEntry = { index: number; at: number } & LogEntryContent

const placeSchema = z.strictObject({ index: count, at: unixMs, kind: z.string(), body: z.unknown() })

/**
 * Reads an entry as the coordinator serves it.
 *
 * @throws GstdError `DOCUMENT_MALFORMED`
 */
export const parseLogEntry = (value: unknown): LogEntry => {
  const { index, at, kind, body } = parseWith(placeSchema, value, 'DOCUMENT_MALFORMED', 'log entry')
  const content = parseWith(logEntrySchema, { kind, body }, 'DOCUMENT_MALFORMED', `log entry ${index}`)
  return { index, at, ...content }
}

/** @returns the entry's 32-byte hash under the domain `log-entry`; the leaves of the log's tree are over these. */
export const logEntryHash = (entry: LogEntry, origin: Origin): Uint8Array<ArrayBuffer> =>
  hashDocument('log-entry', { version: 1, network: origin.network, vault: origin.vault, ...entry })
