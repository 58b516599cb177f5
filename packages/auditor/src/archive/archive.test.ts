import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLogTree,
  createSigner,
  type LogEntry,
  logEntryHash,
  parseLogEntry,
  randomHex,
  type SignedHead,
  signHead,
  toHex,
} from '@gstd/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportLog } from './exportLog.ts'
import { openArchive } from './openArchive.ts'
import { archiveDirOf, listSegments } from './segmentFiles.ts'

const origin = { network: -3, vault: `0:${'ab'.repeat(32)}` }
const signer = createSigner(randomHex(32))
const DAY_MS = 24 * 3_600_000
const START_MS = 1_790_000_000_000

let stateDir: string
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gstd-archive-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const entry = (index: number): LogEntry => ({ index, at: START_MS + index, kind: 'executed', body: { epoch: index } })
const entries = (from: number, size: number): LogEntry[] =>
  Array.from({ length: size - from }, (_, at) => entry(from + at))

const headOf = (size: number, timestamp = START_MS): Promise<SignedHead> => {
  const tree = createLogTree()
  for (const each of entries(0, size)) tree.append(logEntryHash(each, origin))
  return signHead({ version: 1, ...origin, size, root: toHex(tree.root()), drawn: [], timestamp }, signer)
}

const open = (options: { nowMs?: () => number; segmentBytes?: number } = {}) =>
  openArchive({
    stateDir,
    keepMs: 2 * DAY_MS,
    clock: options.nowMs ?? (() => START_MS),
    ...(options.segmentBytes !== undefined && { segmentBytes: options.segmentBytes }),
  })

const NOTHING_OPEN = Number.MAX_SAFE_INTEGER

const fill = async (archive: Awaited<ReturnType<typeof open>>, from: number, size: number, timestamp?: number) => {
  for (const each of entries(from, size)) await archive.add(each)
  await archive.seal(await headOf(size, timestamp), NOTHING_OPEN)
}

const exported = async (from?: number) => {
  const log = await exportLog(stateDir, from)
  const lines: string[] = []
  for await (const line of log.lines()) lines.push(line)
  const [first, ...rest] = lines
  return {
    header: JSON.parse(first ?? '') as { version: number; from: number; head: SignedHead },
    entries: rest.map((line) => parseLogEntry(JSON.parse(line))),
  }
}

const lastFile = async (): Promise<string> => {
  const file = (await listSegments(archiveDirOf(stateDir))).at(-1)?.file
  if (file === undefined) throw new Error('there must be a segment')
  return file
}

describe('the archive', () => {
  it('gives back what was added, under the newest head, also after it was opened again', async () => {
    const archive = await open()
    await fill(archive, 0, 3)
    await fill(archive, 3, 700)
    await archive.close()
    expect(await exported()).toEqual({
      header: { version: 1, from: 0, head: await headOf(700) },
      entries: entries(0, 700),
    })
    const again = await open()
    expect(again.head).toEqual(await headOf(700))
    // A log is followed from its first entry again after a start.
    await fill(again, 0, 702)
    await again.close()
    expect(await listSegments(archiveDirOf(stateDir))).toHaveLength(2)
    expect((await exported(699)).entries).toEqual(entries(699, 702))
    expect((await exported(702)).entries).toEqual([])
  })

  it.each([
    ['half a line', '{"index":5,"at":17900000'],
    ['whole lines under no head', `${JSON.stringify(entry(5))}\n${JSON.stringify(entry(6))}\n`],
    ['half a head', '{"head":{"head":{"version":1,'],
  ])('cuts off %s that a crash left', async (_what, torn) => {
    const archive = await open()
    await fill(archive, 0, 5)
    await archive.close()
    const whole = await readFile(await lastFile())
    await appendFile(await lastFile(), torn)
    expect((await exported()).entries).toEqual(entries(0, 5))
    const again = await open()
    expect(again.head?.head.size).toBe(5)
    expect(await readFile(await lastFile())).toEqual(whole)
    await fill(again, 5, 8)
    await again.close()
    expect((await exported()).entries).toEqual(entries(0, 8))
  })

  it('drops a segment that a crash left without a head', async () => {
    const archive = await open({ segmentBytes: 1 })
    await fill(archive, 0, 5)
    await archive.close()
    await writeFile(join(archiveDirOf(stateDir), '0000000000000005.jsonl'), `${JSON.stringify(entry(5))}\n`)
    const again = await open()
    await fill(again, 5, 6)
    await again.close()
    expect((await exported()).entries).toEqual(entries(0, 6))
  })

  it('keeps nothing of a fork', async () => {
    const archive = await open()
    await fill(archive, 0, 5)
    for (const { index, at } of entries(5, 600)) await archive.add({ index, at, kind: 'executed', body: { epoch: 7 } })
    await archive.rewind()
    await fill(archive, 5, 9)
    await archive.close()
    expect((await exported()).entries).toEqual(entries(0, 9))
  })

  it('says which entry it does not keep', async () => {
    await expect(exported()).rejects.toMatchObject({ code: 'LOG_INCOMPLETE' })
    const archive = await open()
    await fill(archive, 0, 5)
    await archive.close()
    await expect(exported(6)).rejects.toMatchObject({
      code: 'LOG_INCOMPLETE',
      details: { index: 6, oldest: 0, size: 5 },
    })
  })

  it('finds out that lines are missing in the middle', async () => {
    const archive = await open()
    await fill(archive, 0, 5)
    await archive.close()
    const file = await lastFile()
    const lines = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, lines.toSpliced(2, 1).join('\n'))
    await expect(exported()).rejects.toMatchObject({ code: 'STATE_CORRUPT', details: { index: 2 } })
  })
})

describe('retention', () => {
  const froms = async () => (await listSegments(archiveDirOf(stateDir))).map(({ from }) => from)

  it('deletes whole segments by age, but none that something unsettled follows from', async () => {
    let nowMs = START_MS
    const archive = await open({ nowMs: () => nowMs, segmentBytes: 1 })
    const sealAt = async (size: number, neededFromMs: number) => {
      await archive.add(entry(size - 1))
      await archive.seal(await headOf(size, nowMs), neededFromMs)
    }
    await sealAt(1, NOTHING_OPEN)
    nowMs += DAY_MS
    await sealAt(2, NOTHING_OPEN)
    expect(await froms()).toEqual([0, 1])
    nowMs += 3 * DAY_MS
    await sealAt(3, START_MS)
    expect(await froms()).toEqual([0, 1, 2])
    await sealAt(4, START_MS + DAY_MS)
    expect(await froms()).toEqual([1, 2, 3])
    await sealAt(5, NOTHING_OPEN)
    expect(await froms()).toEqual([2, 3, 4])
    await archive.close()
    await expect(exported(1)).rejects.toMatchObject({ code: 'LOG_INCOMPLETE', details: { oldest: 2 } })
    expect((await exported()).entries).toEqual(entries(2, 5))
  })
})
