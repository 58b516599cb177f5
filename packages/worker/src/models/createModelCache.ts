import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GstdError, type ModelManifest, modelHashOf } from '@gstd/sdk'
import { hasHash } from './hasHash.ts'
import { readSource } from './readSource.ts'

type ModelFile = ModelManifest['files'][number]

export type ModelCacheOptions = {
  /** A directory of its own, which several workers of a machine may share. */
  cacheDir: string
  /** Whether `file:` sources are followed: not where manifests come from strangers. */
  allowFile?: boolean
}

/** A model whose files are in the cache. */
export type CachedModel = {
  manifest: ModelManifest
  /** `modelHashOf` of the manifest. */
  hash: string
  /**
   * Reads the model's files; each is checked against its hash again, and fetched anew when it was damaged.
   *
   * @returns bytes by file name
   */
  readFiles(): Promise<Map<string, Uint8Array>>
}

/** Files of models by their hash. */
export type ModelCache = {
  /**
   * Brings all files of a model into the cache; concurrent calls share one fetch.
   *
   * @throws GstdError `MODEL_UNAVAILABLE` naming the file and what is wrong with each source
   */
  load(manifest: ModelManifest): Promise<CachedModel>
  /** Says whether all files of a model are there, without fetching or hashing them. */
  has(manifest: ModelManifest): Promise<boolean>
}

const orAbsent = async <Value>(reading: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const readIfThere = (path: string): Promise<Uint8Array | undefined> => orAbsent(readFile(path))
const sizeIfThere = async (path: string): Promise<number | undefined> => (await orAbsent(stat(path)))?.size

/**
 * Opens the cache of model files, creating its directory with the first file.
 */
export const createModelCache = ({ cacheDir, allowFile = true }: ModelCacheOptions): ModelCache => {
  const fetching = new Map<string, Promise<Uint8Array>>()
  const pathOf = (file: ModelFile): string => join(cacheDir, file.sha256)

  const store = async (file: ModelFile, bytes: Uint8Array): Promise<void> => {
    await mkdir(cacheDir, { recursive: true })
    const path = pathOf(file)
    const draft = `${path}.${randomUUID()}.tmp`
    try {
      await writeFile(draft, bytes, { flush: true })
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
  }

  const fetchFile = async (file: ModelFile): Promise<Uint8Array> => {
    const failures: Record<string, string> = {}
    for (const source of file.sources) {
      try {
        const bytes = await readSource(source, { maxBytes: file.bytes, allowFile })
        if (!hasHash(bytes, file.sha256)) throw new Error('the bytes have another hash')
        await store(file, bytes)
        return bytes
      } catch (error) {
        failures[source] = error instanceof Error ? error.message : String(error)
      }
    }
    throw new GstdError('MODEL_UNAVAILABLE', `no source delivers "${file.name}" with the right hash`, {
      details: { file: file.name, sha256: file.sha256, sources: failures },
    })
  }

  const obtain = async (file: ModelFile): Promise<Uint8Array> => {
    const cached = await readIfThere(pathOf(file))
    if (cached !== undefined && hasHash(cached, file.sha256)) return cached
    const pending = fetching.get(file.sha256) ?? fetchFile(file).finally(() => fetching.delete(file.sha256))
    fetching.set(file.sha256, pending)
    return pending
  }

  const readFiles = async (manifest: ModelManifest): Promise<Map<string, Uint8Array>> => {
    const entries = manifest.files.map(async (file) => [file.name, await obtain(file)] as const)
    return new Map(await Promise.all(entries))
  }

  return {
    load: async (manifest) => {
      await readFiles(manifest)
      return { manifest, hash: modelHashOf(manifest), readFiles: () => readFiles(manifest) }
    },
    has: async (manifest) => {
      const sizes = await Promise.all(manifest.files.map((file) => sizeIfThere(pathOf(file))))
      return sizes.every((size, index) => size === manifest.files[index]?.bytes)
    },
  }
}
