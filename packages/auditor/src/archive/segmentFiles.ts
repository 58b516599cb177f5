import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** One file of the archive: lines of JSON, entries and the signed heads that cover them. */
export type SegmentFile = {
  file: string
  /** Index of its first entry. */
  from: number
}

const NAME = /^(\d{16})\.jsonl$/

/** Folder of the archive in the auditor's state folder. */
export const archiveDirOf = (stateDir: string): string => join(stateDir, 'log')

export const segmentFileOf = (directory: string, from: number): SegmentFile => ({
  file: join(directory, `${String(from).padStart(16, '0')}.jsonl`),
  from,
})

/** @returns the segments of a folder in the order of the log; none where there is no such folder */
export const listSegments = async (directory: string): Promise<SegmentFile[]> => {
  let names: string[]
  try {
    names = await readdir(directory)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return []
    throw thrown
  }
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map((digits) => segmentFileOf(directory, Number(digits)))
    .toSorted((a, b) => a.from - b.from)
}
