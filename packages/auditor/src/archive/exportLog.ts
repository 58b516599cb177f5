import { GstdError, type SignedHead } from '@gstd/sdk'
import { newestHead, readSegment } from './readSegment.ts'
import { archiveDirOf, listSegments, type SegmentFile } from './segmentFiles.ts'

/** Part of a log: lines of JSON, first what covers the entries, then the entries. */
export type LogExport = {
  /** Index of the first entry. */
  from: number
  /** Covers every entry that follows. */
  head: SignedHead
  lines(): AsyncGenerator<string>
}

const findHead = async (segments: readonly SegmentFile[]): Promise<SignedHead | undefined> => {
  for (const { file } of segments.toReversed()) {
    const newest = await newestHead(file)
    if (newest !== undefined) return newest.head
  }
  return undefined
}

const indexOf = (line: string): number => Number(/^\{"index":(\d+),/.exec(line)?.[1] ?? Number.NaN)

async function* readEntries(segments: readonly SegmentFile[], from: number, size: number): AsyncGenerator<string> {
  let next = from
  for (const [at, { file }] of segments.entries()) {
    const following = segments[at + 1]
    if (following !== undefined && following.from <= from) continue
    for await (const line of readSegment(file)) {
      if ('head' in line || next === size) continue
      const index = indexOf(line.entry)
      if (index < next) continue
      if (index !== next) {
        throw new GstdError('STATE_CORRUPT', `the archive ${file} lacks entry ${next}`, {
          details: { file, index: next },
        })
      }
      next += 1
      yield `${line.entry}\n`
    }
  }
  if (next !== size)
    throw new GstdError('LOG_INCOMPLETE', `the archive lacks entry ${next}`, { details: { index: next } })
}

/**
 * Opens the entries that an auditor has kept, with its signed head; the auditor may be running.
 *
 * @param from - index of the first entry wanted; the oldest one kept where it is left out
 * @throws GstdError `LOG_INCOMPLETE` when it was not kept, `STATE_CORRUPT`
 */
export const exportLog = async (stateDir: string, from?: number): Promise<LogExport> => {
  const segments = await listSegments(archiveDirOf(stateDir))
  const head = await findHead(segments)
  const oldest = segments[0]?.from ?? 0
  const first = from ?? oldest
  if (head === undefined || first < oldest || first > head.head.size) {
    const kept = head === undefined ? 'none' : `those from ${oldest} to ${head.head.size - 1}`
    throw new GstdError(
      'LOG_INCOMPLETE',
      `entry ${first} of the log is not kept here: of its entries there are ${kept}`,
      {
        details: { index: first, ...(head !== undefined && { oldest, size: head.head.size }) },
        hint: 'a newer copy of the coordinator’s database needs fewer entries',
      },
    )
  }
  return {
    from: first,
    head,
    async *lines() {
      yield `${JSON.stringify({ version: 1, from: first, head })}\n`
      yield* readEntries(segments, first, head.head.size)
    },
  }
}
