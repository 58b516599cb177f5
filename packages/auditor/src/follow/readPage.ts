import { GstdError, type LogEntry, logEntryHash, type Origin, toHex } from '@gstd/sdk'
import type { CoordinatorApi } from './createCoordinatorApi.ts'

export const PAGE_ENTRIES = 200

/** The last entry that was verified. */
export type Seen = { size: number; lastHash: string | undefined }

/** Entries that follow on what was seen. */
export type Page = { entries: LogEntry[]; size: number }

const fork = (message: string, details: Record<string, unknown>): GstdError =>
  new GstdError('AUDITOR_REFUSED', `the log is not the one that was served before: ${message}`, { details })

/**
 * Reads what follows in the log, and the last seen entry again: a log that was rewritten shows.
 *
 * @throws GstdError `AUDITOR_REFUSED` for a fork, `DOCUMENT_MALFORMED` for a gap, and what the API throws
 */
export const readPage = async (
  api: Pick<CoordinatorApi, 'readLog'>,
  { size: seen, lastHash }: Seen,
  origin: Origin,
): Promise<Page> => {
  const from = Math.max(0, seen - 1)
  const { entries, size } = await api.readLog(from, PAGE_ENTRIES)
  if (size < seen) throw fork(`it has ${size} entries, it had ${seen}`, { size, seen })
  const gap = entries.findIndex(({ index }, at) => index !== from + at)
  if (gap !== -1) {
    throw new GstdError('DOCUMENT_MALFORMED', `the log has entry ${entries[gap]?.index} where ${from + gap} is due`, {
      details: { index: entries[gap]?.index, due: from + gap },
    })
  }
  if (size > from && entries.length === 0) {
    throw new GstdError('DOCUMENT_MALFORMED', `the coordinator serves no entry ${from} of a log of ${size}`)
  }
  if (lastHash === undefined) return { entries, size }
  const [again, ...next] = entries
  if (again === undefined || toHex(logEntryHash(again, origin)) !== lastHash) {
    throw fork(`entry ${from} has changed`, { index: from })
  }
  return { entries: next, size }
}
