import { type FileHandle, mkdir, open, rm, truncate } from 'node:fs/promises'
import type { LogEntry, SignedHead } from '@gstd/sdk'
import { headLine, newestHead } from './readSegment.ts'
import { archiveDirOf, listSegments, type SegmentFile, segmentFileOf } from './segmentFiles.ts'
import { syncDirectory } from './syncDirectory.ts'

export type ArchiveOptions = {
  /** The auditor's state folder; the archive is in `log/`. */
  stateDir: string
  /** How long entries are kept, at least. */
  keepMs: number
  /** Unix ms. */
  clock: () => number
  segmentBytes?: number
}

/**
 * The entries that this auditor has signed, as they were served: a coordinator that has lost its newest ones gets them
 * back from here.
 */
export type Archive = {
  /** The newest head kept; it covers every entry that is. */
  readonly head: SignedHead | undefined
  /** Takes the next verified entry; one that is kept already is passed over. */
  add(entry: LogEntry): Promise<void>
  /**
   * Puts on disk what was added, under the head that covers it.
   *
   * @param neededFromMs - time of the oldest entry that something unsettled follows from, unix ms
   */
  seal(head: SignedHead, neededFromMs: number): Promise<void>
  /** Drops what was added under no head. */
  rewind(): Promise<void>
  close(): Promise<void>
}

export const DEFAULT_KEEP_MS = 14 * 24 * 3_600_000
const SEGMENT_BYTES = 8 * 1024 * 1024
const SEGMENT_MS = 24 * 3_600_000
const PENDING_LINES = 256
/** The auditor's clock and the coordinator's may differ by as much. */
const SKEW_MS = 300_000

/** Where the next line goes. */
type Place = { segment: SegmentFile; handle: FileHandle; bytes: number; startedAtMs: number }

/** Cuts off what no head covers: a crash may have left any part of it. @returns the newest head */
const cutToHead = async (segments: readonly SegmentFile[]): Promise<SignedHead | undefined> => {
  for (const { file } of segments.toReversed()) {
    const newest = await newestHead(file)
    if (newest !== undefined) {
      await truncate(file, newest.endByte)
      return newest.head
    }
    await rm(file)
  }
  return undefined
}

/**
 * Opens the archive of an auditor that holds its state folder's lock.
 *
 * @throws GstdError `STATE_CORRUPT`
 */
export const openArchive = async (options: ArchiveOptions): Promise<Archive> => {
  const { keepMs, clock, segmentBytes = SEGMENT_BYTES } = options
  const directory = archiveDirOf(options.stateDir)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  let head = await cutToHead(await listSegments(directory))
  let next = head?.head.size ?? 0
  let pending: string[] = []
  let place: Place | undefined
  let sealedBytes = 0

  const openPlace = async (): Promise<Place> => {
    const segment = segmentFileOf(directory, next - pending.length)
    const handle = await open(segment.file, 'w', 0o600)
    await syncDirectory(directory)
    return { segment, handle, bytes: 0, startedAtMs: clock() }
  }

  /** Writes at a place of its own choosing, so that a write that failed is simply done again. */
  const write = async (text: string): Promise<void> => {
    place ??= await openPlace()
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length;) {
      done += (await place.handle.write(bytes, done, bytes.length - done, place.bytes + done)).bytesWritten
    }
    place.bytes += bytes.length
  }

  const flush = async (): Promise<void> => {
    if (pending.length === 0) return
    await write(pending.join(''))
    pending = []
  }

  const closePlace = async (): Promise<void> => {
    const closing = place
    place = undefined
    sealedBytes = 0
    await closing?.handle.close()
  }

  /** Deletes whole segments, the oldest first; the newest stays. */
  const prune = async (neededFromMs: number): Promise<void> => {
    const keptFromMs = Math.min(clock() - keepMs, neededFromMs - SKEW_MS)
    for (const { file } of (await listSegments(directory)).slice(0, -1)) {
      const newest = await newestHead(file)
      if (newest !== undefined && newest.head.head.timestamp >= keptFromMs) return
      await rm(file)
    }
  }

  return {
    get head() {
      return head
    },
    add: async (entry) => {
      if (entry.index < next) return
      if (entry.index > next) throw new Error(`entry ${entry.index} is to be kept where ${next} is due`)
      pending.push(`${JSON.stringify(entry)}\n`)
      next += 1
      if (pending.length >= PENDING_LINES) await flush()
    },
    seal: async (signed, neededFromMs) => {
      if (signed.head.size <= (head?.head.size ?? 0)) return
      if (signed.head.size !== next) throw new Error(`a head over ${signed.head.size} entries, and ${next} are kept`)
      await flush()
      await write(headLine(signed))
      await place?.handle.sync()
      head = signed
      sealedBytes = place?.bytes ?? 0
      if (place === undefined || (place.bytes < segmentBytes && clock() - place.startedAtMs < SEGMENT_MS)) return
      await closePlace()
      await prune(neededFromMs)
    },
    rewind: async () => {
      pending = []
      next = head?.head.size ?? 0
      if (place === undefined) return
      await place.handle.truncate(sealedBytes)
      place.bytes = sealedBytes
      if (sealedBytes > 0) return
      const { file } = place.segment
      await closePlace()
      await rm(file)
    },
    close: closePlace,
  }
}
