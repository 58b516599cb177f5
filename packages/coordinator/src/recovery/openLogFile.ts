import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { GstdError, type LogEntry, parseLogEntry, parseWith, type SignedHead, signedHeadSchema } from '@gstd/sdk'
import { z } from 'zod'

/** What an auditor has exported: entries of the log, and its head over them. */
export type LogFile = {
  /** Index of the first entry. */
  from: number
  head: SignedHead
  /** @throws GstdError `DOCUMENT_MALFORMED`, `LOG_INCOMPLETE` */
  entries(): AsyncGenerator<LogEntry>
}

const headerSchema = z.strictObject({
  version: z.literal(1),
  from: z.int().nonnegative(),
  head: signedHeadSchema,
})

const parseLine = (line: string, file: string, number: number): unknown => {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new GstdError('DOCUMENT_MALFORMED', `line ${number} of ${file} is not JSON`, {
      details: { file, line: number },
      hint: 'let the auditor export it again',
      cause,
    })
  }
}

async function* readLines(file: string): AsyncGenerator<unknown> {
  let number = 0
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1
      if (line !== '') yield parseLine(line, file, number)
    }
  } catch (thrown) {
    if (thrown instanceof GstdError) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new GstdError('CONFIG_INVALID', `the log ${file} cannot be read: ${reason}`, {
      details: { file },
      cause: thrown,
    })
  }
}

async function* readEntries(file: string, from: number, size: number): AsyncGenerator<LogEntry> {
  let next = from
  let isHeader = true
  for await (const line of readLines(file)) {
    if (isHeader) {
      isHeader = false
      continue
    }
    const entry = parseLogEntry(line)
    if (entry.index !== next) break
    next += 1
    yield entry
  }
  if (next === size) return
  throw new GstdError('LOG_INCOMPLETE', `${file} lacks entry ${next}, which its head covers`, {
    details: { file, index: next, size },
    hint: 'let the auditor export it again',
  })
}

/**
 * Opens what `gstd auditor export` has written.
 *
 * @throws GstdError `CONFIG_INVALID` when it cannot be read, `DOCUMENT_MALFORMED`
 */
export const openLogFile = async (file: string): Promise<LogFile> => {
  for await (const line of readLines(file)) {
    const { from, head } = parseWith(headerSchema, line, 'DOCUMENT_MALFORMED', `the first line of ${file}`)
    return { from, head, entries: () => readEntries(file, from, head.head.size) }
  }
  throw new GstdError('DOCUMENT_MALFORMED', `${file} is empty`, { details: { file } })
}
