import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { GstdError, limits, randomHex, sha256, toHex } from '@gstd/sdk'

/** Content-addressed files that are too large to send inline. */
export type Spool = {
  /** @throws GstdError `INPUT_HASH_MISMATCH`, `DOCUMENT_TOO_LARGE`, `RATE_LIMITED` when the spool is full */
  put(hash: string, bytes: Uint8Array): Promise<void>
  /** @throws GstdError `BLOB_UNKNOWN` */
  read(hash: string): Promise<{ bytes: number; stream: Readable }>
  /**
   * Deletes what is older than a day (protocol §8).
   *
   * @param inUse - hashes that tasks under way still need
   */
  prune(nowMs: number, inUse: ReadonlySet<string>): Promise<void>
}

const KEEP_MS = 24 * 3_600_000
const MAX_TOTAL_BYTES = 4 * 1024 ** 3
const HASH = /^[0-9a-f]{64}$/

/**
 * Opens a spool in a folder.
 *
 * @param directory - created where it is missing
 */
export const createSpool = async (directory: string, maxTotalBytes: number = MAX_TOTAL_BYTES): Promise<Spool> => {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  /** Files come and go while the folder is read. */
  const fileAt = (name: string) =>
    stat(join(directory, name)).then(
      ({ size, mtimeMs }) => ({ size, mtimeMs }),
      () => undefined,
    )
  const files = async () => {
    const found = await Promise.all(
      (await readdir(directory)).map(async (name) => {
        const found = await fileAt(name)
        return found === undefined ? [] : [{ name, ...found }]
      }),
    )
    return found.flat()
  }
  let totalBytes = (await files()).reduce((sum, file) => sum + file.size, 0)

  return {
    put: async (hash, bytes) => {
      if (bytes.length > limits.fetchedBytes) {
        throw new GstdError('DOCUMENT_TOO_LARGE', `the file has ${bytes.length} bytes`, {
          details: { bytes: bytes.length, limit_bytes: limits.fetchedBytes },
        })
      }
      if (!HASH.test(hash) || toHex(sha256(bytes)) !== hash) {
        throw new GstdError('INPUT_HASH_MISMATCH', 'the bytes do not have the hash that the address names')
      }
      if (totalBytes + bytes.length > maxTotalBytes) {
        throw new GstdError('RATE_LIMITED', 'the spool is full: try again when older files have been deleted')
      }
      const temporary = join(directory, `.${hash}.${randomHex(8)}`)
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
        await file.close()
        const replaced = await fileAt(hash)
        await rename(temporary, join(directory, hash))
        totalBytes += bytes.length - (replaced?.size ?? 0)
      } catch (thrown) {
        await file.close()
        await rm(temporary, { force: true })
        throw thrown
      }
    },
    read: async (hash) => {
      const path = join(directory, hash)
      const size = HASH.test(hash) ? (await fileAt(hash))?.size : undefined
      if (size === undefined) throw new GstdError('BLOB_UNKNOWN', 'the spool has no file with this hash')
      return { bytes: size, stream: createReadStream(path) }
    },
    prune: async (nowMs, inUse) => {
      for (const file of await files()) {
        if (nowMs - file.mtimeMs < KEEP_MS || inUse.has(file.name)) continue
        await rm(join(directory, file.name), { force: true })
        totalBytes -= file.size
      }
    },
  }
}
