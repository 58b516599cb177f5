import type { TaskStatus } from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'
import { readStatuses } from './readTasks.ts'

/** What a caller knows of the tasks it waits for: their last status, or nothing yet. */
export type KnownStatuses = ReadonlyMap<string, TaskStatus | undefined>

/** Long polls that wait for tasks: one query answers all of them, whoever changed what. */
export type TaskWatch = {
  /** Something may have changed: looks at the tasks that are waited for. */
  ring(): void
  /** @returns the tasks whose status is another than the known one: as soon as there are any, else none after the time */
  changed(known: KnownStatuses, timeoutMs: number): Promise<string[]>
  /** Lets everybody go. */
  close(): void
}

type Waiter = { known: KnownStatuses; leave: (changed: string[]) => void }

/** Looks that follow each other are this far apart: under load many changes are one look. */
const PAUSE_MS = 20

/**
 * Builds the watch.
 *
 * @param finalSize - entries of the log that the auditor's head covers
 */
export const createTaskWatch = (journal: Pick<Journal, 'query' | 'live'>, finalSize: () => number): TaskWatch => {
  const waiters = new Set<Waiter>()
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let isLooking = false
  let isStale = false

  const differences = (known: KnownStatuses, statuses: ReadonlyMap<string, TaskStatus>): string[] =>
    [...known].filter(([taskId, status]) => statuses.get(taskId) !== status).map(([taskId]) => taskId)

  const look = async (): Promise<void> => {
    isStale = false
    const asked = [...waiters]
    const taskIds = new Set(asked.flatMap(({ known }) => [...known.keys()]))
    const statuses = await readStatuses(journal, [...taskIds], finalSize())
    for (const { known, leave } of asked) {
      const changed = differences(known, statuses)
      if (changed.length > 0) leave(changed)
    }
  }

  const ring = (): void => {
    isStale = true
    if (isClosed || isLooking || timer !== undefined || waiters.size === 0) return
    timer = setTimeout(() => {
      timer = undefined
      isLooking = true
      look()
        .catch(() => {
          for (const { known, leave } of waiters) leave([...known.keys()]) // whoever waits reads, and is told why
        })
        .finally(() => {
          isLooking = false
          if (isStale) ring()
        })
    }, PAUSE_MS)
  }

  return {
    ring,
    changed: async (known, timeoutMs) => {
      const already = differences(known, await readStatuses(journal, [...known.keys()], finalSize()))
      if (already.length > 0 || timeoutMs === 0 || isClosed) return already
      return new Promise((resolve) => {
        const waiter: Waiter = {
          known,
          leave: (changed) => {
            clearTimeout(deadline)
            waiters.delete(waiter)
            resolve(changed)
          },
        }
        const deadline = setTimeout(() => waiter.leave([]), timeoutMs)
        waiters.add(waiter)
        ring()
      })
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
      for (const { leave } of waiters) leave([])
    },
  }
}
