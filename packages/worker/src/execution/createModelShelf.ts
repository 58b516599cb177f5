import { type ModelManifest, modelHashOf, toGstdError } from '@gstd/sdk'
import type { ModelCache } from '../models/createModelCache.ts'
import { isComputable } from '../models/isComputable.ts'
import type { EmitEvent } from '../workerEvents.ts'
import type { ExecutorPool } from './createExecutorPool.ts'

/** The models that this worker serves. */
export type ModelShelf = {
  serves(manifest: ModelManifest): boolean
  /** Ids of served models whose files are here. */
  cached(): string[]
  /** Fetches and loads every served model that is not there yet, one after another, ahead of the first order. */
  stock(manifests: readonly ModelManifest[]): Promise<void>
}

export type ModelShelfOptions = {
  models: ModelCache
  pool: ExecutorPool
  /** Ids to serve; undefined: all that can be. */
  wanted: readonly string[] | undefined
  emit: EmitEvent
  signal: AbortSignal
}

/** Creates the shelf of one worker. */
export const createModelShelf = ({ models, pool, wanted, emit, signal }: ModelShelfOptions): ModelShelf => {
  const ready = new Map<string, string>()

  const serves = (manifest: ModelManifest): boolean =>
    isComputable(manifest) && (wanted === undefined || wanted.includes(manifest.id))

  return {
    serves,
    cached: () => [...ready.values()],
    stock: async (manifests) => {
      for (const manifest of manifests) {
        const hash = modelHashOf(manifest)
        if (signal.aborted || ready.has(hash) || !serves(manifest)) continue
        try {
          emit({ type: 'model', model: manifest.id, phase: 'loading' })
          await pool.warm(await models.load(manifest))
          ready.set(hash, manifest.id)
          emit({ type: 'model', model: manifest.id, phase: 'ready' })
        } catch (error) {
          // An order for it tries again, and says so to the coordinator.
          const { code, message } = toGstdError(error)
          if (!signal.aborted) emit({ type: 'error', code, message })
        }
      }
    },
  }
}
