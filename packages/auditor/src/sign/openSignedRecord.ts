import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GstdError, type Origin, parseWith } from '@gstd/sdk'
import { z } from 'zod'
import { syncDirectory } from '../archive/syncDirectory.ts'
import { lockStateDir } from './lockStateDir.ts'

const hex32 = z.string().regex(/^[0-9a-f]{64}$/)

const recordSchema = z.strictObject({
  version: z.literal(1),
  network: z.int(),
  vault: z.string(),
  /** The largest head that was ever signed. */
  head: z.strictObject({ size: z.int().min(1), root: hex32 }).nullable(),
  /** Cells that were co-signed or refused, until the log under a signed head says so itself. */
  cosigned: z.array(hex32),
  refused: z.array(z.strictObject({ hash: hex32, reason: z.string() })),
})

type Stored = z.output<typeof recordSchema>
export type HeadMark = { size: number; root: string }

/** What this auditor has signed, on disk before anybody sees it: it never contradicts itself, whenever it is killed. */
export type SignedRecord = {
  readonly head: HeadMark | undefined
  isCosigned(hash: string): boolean
  /** @returns why it was refused */
  refusalOf(hash: string): string | undefined
  saveHead(head: HeadMark): Promise<void>
  saveCosigned(hash: string): Promise<void>
  saveRefused(hash: string, reason: string): Promise<void>
  /** Forgets cells that the log under a signed head speaks of; written with the next save. */
  forget(hashes: Iterable<string>): void
  /** Leaves the folder to others. */
  close(): void
}

const FILE = 'signed.json'

const isMissing = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'

const corrupt = (file: string, cause: unknown): GstdError =>
  new GstdError('STATE_CORRUPT', `the auditor’s record ${file} cannot be read`, {
    details: { file },
    hint: 'restore it: without it the auditor may contradict what it signed before',
    cause,
  })

const read = async (file: string, origin: Origin): Promise<Stored> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (thrown) {
    if (!isMissing(thrown)) throw corrupt(file, thrown)
    return { version: 1, network: origin.network, vault: origin.vault, head: null, cosigned: [], refused: [] }
  }
  let stored: Stored
  try {
    stored = parseWith(recordSchema, JSON.parse(text), 'STATE_CORRUPT', `the auditor’s record ${file}`)
  } catch (thrown) {
    throw corrupt(file, thrown)
  }
  if (stored.network === origin.network && stored.vault === origin.vault) return stored
  throw new GstdError('CONFIG_INVALID', `the auditor’s record ${file} is of another network or vault`, {
    details: { file, vault: stored.vault, expected: origin.vault },
    hint: 'use another state folder',
  })
}

/** After a crash there is the old content or the new one, never half of it. */
const write = async (file: string, stored: Stored): Promise<void> => {
  const temporary = `${file}.${randomUUID()}.tmp`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(stored)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncDirectory(dirname(file))
}

/**
 * Opens the record of what was signed.
 *
 * @param stateDir - made where it is missing
 * @throws GstdError `STATE_LOCKED` when another auditor has it, `STATE_CORRUPT`, `CONFIG_INVALID` for another network's
 * record
 */
export const openSignedRecord = async (stateDir: string, origin: Origin): Promise<SignedRecord> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const lock = lockStateDir(stateDir)
  const file = join(stateDir, FILE)
  let stored: Stored
  try {
    stored = await read(file, origin)
  } catch (thrown) {
    lock.release()
    throw thrown
  }
  const save = async (next: Stored): Promise<void> => {
    await write(file, next)
    stored = next
  }
  const forgotten = new Set<string>()
  return {
    get head() {
      return stored.head ?? undefined
    },
    isCosigned: (hash) => stored.cosigned.includes(hash),
    refusalOf: (hash) => stored.refused.find((refusal) => refusal.hash === hash)?.reason,
    saveHead: async (head) => {
      const isKept = (hash: string) => !forgotten.has(hash)
      await save({
        ...stored,
        head,
        cosigned: stored.cosigned.filter(isKept),
        refused: stored.refused.filter(({ hash }) => isKept(hash)),
      })
      forgotten.clear()
    },
    saveCosigned: (hash) => save({ ...stored, cosigned: [...stored.cosigned, hash] }),
    saveRefused: (hash, reason) => save({ ...stored, refused: [...stored.refused, { hash, reason }] }),
    forget: (hashes) => {
      for (const hash of hashes) forgotten.add(hash)
    },
    close: lock.release,
  }
}
