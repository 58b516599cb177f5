import type { TaskStatus } from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'
import { readStatuses } from '../tasks/readTasks.ts'
import { type Cursor, writeCursor } from './cursor.ts'
import { readTouched, type TouchedTask } from './readTouched.ts'

export type TaskEvent = { task_id: string; status: TaskStatus }

export type Subscriber = {
  readonly requester: string
  /** What it was told before; undefined for one that begins. */
  readonly from: Cursor | undefined
  /** Called with the first look: what was missed, or undefined where that is too much or nobody knows. */
  begin(id: string, missed: readonly TaskEvent[] | undefined): void
  /** Called with the statuses of tasks of the requester. One that it knows may come again. */
  tell(id: string, events: readonly TaskEvent[]): void
  /** Called when this process ends. */
  end(): void
}

/** Tells requesters of their tasks' statuses: one query answers all of them, whoever changed what. */
export type TaskEvents = {
  /** @returns a function that ends it */
  subscribe(subscriber: Subscriber): () => void
  /** Something may have changed. */
  ring(): void
  close(): void
}

const PAUSE_MS = 50
const PAUSE_AFTER_FAILURE_MS = 1_000
/** Who has missed more reads the list of its tasks anew. */
const MAX_MISSED_ENTRIES = 50_000
const MAX_MISSED_TASKS = 1_000

type Position = Pick<Journal, 'query' | 'live' | 'tree'>

/**
 * Builds the events over the log: what is told is on disk.
 *
 * @param headSize - entries of the log that the auditor's head covers
 */
export const createTaskEvents = (
  journal: Position,
  headSize: () => number,
  onError: (thrown: unknown) => void,
): TaskEvents => {
  const told = new Set<Subscriber>()
  const waiting = new Set<Subscriber>()
  const now = (): Cursor => ({ logSize: journal.tree.size, headSize: headSize() })
  let cursor = now()
  let isClosed = false
  let isLooking = false
  let isStale = false
  let timer: NodeJS.Timeout | undefined

  const statusesOf = async (touched: readonly TouchedTask[]): Promise<Map<string, TaskEvent[]>> => {
    const ids = [...new Set(touched.map((task) => task.task_id))]
    const statuses = ids.length === 0 ? new Map<string, TaskStatus>() : await readStatuses(journal, ids, headSize())
    const events = touched.flatMap(({ task_id, requester }) => {
      const status = statuses.get(task_id)
      return status === undefined ? [] : [{ requester, event: { task_id, status } }]
    })
    const grouped = Map.groupBy(events, ({ requester }) => requester)
    return new Map([...grouped].map(([requester, own]) => [requester, own.map(({ event }) => event)]))
  }

  const missedBy = async ({ requester, from }: Subscriber, to: Cursor): Promise<TaskEvent[] | undefined> => {
    if (from === undefined) return []
    const isKnown = from.logSize <= to.logSize && from.headSize <= to.headSize && from.headSize <= from.logSize
    if (!isKnown || to.logSize - from.logSize > MAX_MISSED_ENTRIES) return undefined
    const touched = await readTouched(journal, from, to, { requester, limit: MAX_MISSED_TASKS + 1 })
    if (touched.length > MAX_MISSED_TASKS) return undefined
    return (await statusesOf(touched)).get(requester) ?? []
  }

  const look = async (): Promise<void> => {
    const to = now()
    const id = writeCursor(to)
    if (told.size > 0 && id !== writeCursor(cursor)) {
      const events = await statusesOf(await readTouched(journal, cursor, to))
      for (const subscriber of told) {
        const own = events.get(subscriber.requester)
        if (own !== undefined) subscriber.tell(id, own)
      }
    }
    cursor = to
    for (const subscriber of waiting) {
      const missed = await missedBy(subscriber, to)
      if (!waiting.delete(subscriber)) continue
      told.add(subscriber)
      subscriber.begin(id, missed)
    }
  }

  const schedule = (pauseMs: number): void => {
    isStale = true
    if (isClosed || isLooking || timer !== undefined || told.size + waiting.size === 0) return
    timer = setTimeout(() => {
      timer = undefined
      isLooking = true
      isStale = false
      let nextMs = PAUSE_MS
      look()
        .catch((thrown: unknown) => {
          onError(thrown)
          isStale = true
          nextMs = PAUSE_AFTER_FAILURE_MS
        })
        .finally(() => {
          isLooking = false
          if (isStale) schedule(nextMs)
        })
    }, pauseMs)
  }

  return {
    subscribe: (subscriber) => {
      if (told.size === 0 && !isLooking) cursor = now()
      waiting.add(subscriber)
      schedule(PAUSE_MS)
      return () => {
        waiting.delete(subscriber)
        told.delete(subscriber)
      }
    },
    ring: () => schedule(PAUSE_MS),
    close: () => {
      isClosed = true
      clearTimeout(timer)
      for (const subscriber of [...told, ...waiting]) subscriber.end()
    },
  }
}
