import { setTimeout as delay } from 'node:timers/promises'

type Failure = { thrown: unknown }

/** A transition that waits to be decided with others, and is settled when they are written. */
export type GroupWork<Unit> = { run: (unit: Unit) => void; settle: (failure?: Failure) => void }

type Work<Unit> =
  | ({ kind: 'group' } & GroupWork<Unit>)
  | { kind: 'alone'; run: () => Promise<void>; settle: (failure: Failure) => void }

export type WorkQueueOptions<Unit> = {
  /** Decides and writes all of a group, and settles each. */
  commitGroup: (group: readonly GroupWork<Unit>[]) => Promise<void>
  /**
   * Called before anything is decided. While it fails, nothing can be: what waits fails with it.
   */
  prepare: () => Promise<void>
}

/** Works in the order of their coming, one after the other; those that may be grouped and follow each other, together. */
export type WorkQueue<Unit> = {
  together<Result>(work: (unit: Unit) => Result): Promise<Result>
  alone<Result>(work: () => Promise<Result>): Promise<Result>
}

/** Transitions in one group. */
const MAX_GROUP = 1_000
const MAX_GATHER_MS = 20

/** Builds an empty queue. */
export const createWorkQueue = <Unit>({ commitGroup, prepare }: WorkQueueOptions<Unit>): WorkQueue<Unit> => {
  const queue: Work<Unit>[] = []
  let isPumping = false
  let lastGroup = { size: 0, ms: 0 }

  const takeGroup = (): GroupWork<Unit>[] => {
    const end = queue.findIndex(({ kind }) => kind === 'alone')
    return queue.splice(0, Math.min(end === -1 ? queue.length : end, MAX_GROUP)) as GroupWork<Unit>[]
  }

  /**
   * A write costs about the same for one transition as for a hundred. Where they come faster than they are written, as
   * much time as the last write took is left for more of them to come; one that comes alone does not wait.
   */
  const gather = async (): Promise<void> => {
    if (queue.length < MAX_GROUP && lastGroup.size > 1) await delay(Math.min(lastGroup.ms, MAX_GATHER_MS))
  }

  const commit = async (group: readonly GroupWork<Unit>[]): Promise<void> => {
    const startedMs = performance.now()
    await commitGroup(group)
    lastGroup = { size: group.length, ms: performance.now() - startedMs }
  }

  const pump = async (): Promise<void> => {
    // What comes in the same turn of the event loop goes together.
    await Promise.resolve()
    while (queue.length > 0) {
      if (queue[0]?.kind === 'group') await gather()
      try {
        await prepare()
      } catch (thrown) {
        for (const work of queue.splice(0)) work.settle({ thrown })
      }
      const [first] = queue
      if (first?.kind === 'group') await commit(takeGroup())
      else if (first !== undefined) {
        queue.shift()
        await first.run()
      }
    }
    isPumping = false
  }

  const enqueue = (work: Work<Unit>): void => {
    queue.push(work)
    if (isPumping) return
    isPumping = true
    void pump()
  }

  return {
    together: <Result>(work: (unit: Unit) => Result) =>
      new Promise<Result>((resolve, reject) => {
        let result: { value: Result } | undefined
        enqueue({
          kind: 'group',
          run: (unit) => {
            result = { value: work(unit) }
          },
          settle: (failure) => {
            if (failure !== undefined) reject(failure.thrown)
            else if (result !== undefined) resolve(result.value)
          },
        })
      }),
    alone: <Result>(work: () => Promise<Result>) =>
      new Promise<Result>((resolve, reject) => {
        enqueue({
          kind: 'alone',
          run: () => work().then(resolve, reject),
          settle: ({ thrown }) => reject(thrown),
        })
      }),
  }
}
