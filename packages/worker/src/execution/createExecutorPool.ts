import { createExecutor, type Executor } from '../executor/createExecutor.ts'
import type { CachedModel } from '../models/createModelCache.ts'

/** The worker's slots: one executor, one child process each. */
export type ExecutorPool = {
  /** @returns a free executor, best one that holds the model already; undefined when all are busy */
  acquire(modelHash: string): Executor | undefined
  release(executor: Executor): void
  /** Loads a model into every free executor ahead of the first order. */
  warm(model: CachedModel): Promise<void>
  close(): Promise<void>
}

/** @param slots - how many tasks run at once */
export const createExecutorPool = (slots: number): ExecutorPool => {
  const all = Array.from({ length: slots }, () => ({ executor: createExecutor(), busy: false, lastModel: '' }))
  return {
    acquire: (modelHash) => {
      const free = all.filter(({ busy }) => !busy)
      const slot = free.find(({ lastModel }) => lastModel === modelHash) ?? free[0]
      if (slot === undefined) return undefined
      slot.busy = true
      slot.lastModel = modelHash
      return slot.executor
    },
    release: (executor) => {
      for (const slot of all) if (slot.executor === executor) slot.busy = false
    },
    warm: async (model) => {
      for (const slot of all) {
        if (slot.busy) continue
        await slot.executor.prepare(model)
        slot.lastModel = model.hash
      }
    },
    close: async () => {
      await Promise.all(all.map(({ executor }) => executor.close()))
    },
  }
}
