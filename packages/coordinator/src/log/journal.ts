import {
  createLogTree,
  fromHex,
  GstdError,
  type LogBody,
  type LogEntry,
  type LogEntryContent,
  type LogEntryKind,
  logEntryHash,
  type LogTree,
  type Origin,
  toHex,
} from '@gstd/sdk'
import { createLiveTasks, type LiveTasks } from '../live/createLiveTasks.ts'
import { loadTasks } from '../live/loadTasks.ts'
import { type Changes, mergeChanges, openChanges } from '../live/openChanges.ts'
import { saveChanges } from '../live/saveChanges.ts'
import type { Database, Queries } from '../storage/database.ts'

/** One transition of tasks under way: decided in memory, at once. */
export type LiveUnit = Changes & {
  /** @returns the index the entry will have. */
  log<Kind extends LogEntryKind>(kind: Kind, body: LogBody<Kind>): number
}

/** A transition that asks the database, too: its rows and its log entries land together or not at all. */
export type Unit = LiveUnit &
  Queries & {
    /** Takes a task that the unit ended by its own SQL out of those under way. */
    forget(taskId: string): void
  }

/** The ordered log, the tasks under way, and the only way to write to the database. */
export type Journal = Queries & {
  readonly tree: LogTree
  readonly live: LiveTasks
  /**
   * Runs a transition that needs no query. All that wait are written as one transaction, and each is done when that is
   * on disk. One that throws changes nothing.
   */
  apply<Result>(work: (unit: LiveUnit) => Result): Promise<Result>
  /** Runs a transition as a transaction of its own; nothing else is decided meanwhile. */
  write<Result>(work: (unit: Unit) => Promise<Result>): Promise<Result>
  entries(from: number, limit: number): Promise<LogEntry[]>
  /** Calls back after every transaction that logged something. */
  onAppend(listener: () => void): void
}

type Appended = { entry: LogEntry; hash: Uint8Array }

type Failure = { thrown: unknown }
type ApplyWork = { kind: 'apply'; run: (unit: LiveUnit) => void; settle: (failure?: Failure) => void }
/** What waits to be decided and written. */
type Work = ApplyWork | { kind: 'write'; run: () => Promise<void>; settle: (failure: Failure) => void }

const INSERT = 'INSERT INTO log SELECT * FROM json_populate_recordset(NULL::log, $1)'

/** Transitions in one transaction. */
const MAX_GROUP = 1_000

const mayHaveLanded = (thrown: unknown): boolean => thrown instanceof GstdError && thrown.code === 'STORAGE_UNAVAILABLE'

const saveEntries = async (queries: Queries, appended: readonly Appended[]): Promise<void> => {
  if (appended.length === 0) return
  const rows = appended.map(({ entry, hash }) => ({ ...entry, hash: toHex(hash) }))
  await queries.query(INSERT, [JSON.stringify(rows)])
}

/**
 * Opens the log over a migrated database.
 *
 * @param clock - unix ms
 */
export const openJournal = async (database: Database, origin: Origin, clock: () => number): Promise<Journal> => {
  const tree = createLogTree()
  const live = createLiveTasks()
  let seatId = 0
  const nextSeatId = () => ++seatId
  /**
   * What is in memory is what the database says: after a failure to write, only that is known. Entries may have landed
   * although nobody could say so. A transaction is sure to come after the one that failed.
   */
  const load = (): Promise<void> =>
    database.transaction(async (queries) => {
      const hashes = 'SELECT hash FROM log WHERE index >= $1 ORDER BY index'
      for (const row of await queries.query<{ hash: string }>(hashes, [tree.size])) tree.append(fromHex(row.hash))
      const [row] = await queries.query<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM seats')
      live.replace(await loadTasks(queries))
      seatId = Math.max(seatId, row?.id ?? 0)
    })
  await load()

  const listeners: (() => void)[] = []
  const queue: Work[] = []
  let isStale = false
  let isPumping = false

  const createLog =
    (appended: Appended[], before: () => number): LiveUnit['log'] =>
    (kind, body) => {
      const index = tree.size + before() + appended.length
      const entry = { index, at: clock(), kind, body } as { index: number; at: number } & LogEntryContent
      appended.push({ entry, hash: logEntryHash(entry, origin) })
      return index
    }

  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const append = (appended: readonly Appended[]): void => {
    for (const { hash } of appended) tree.append(hash)
    if (appended.length > 0) tell()
  }

  /** Decides all that wait, each upon what those before it have decided, and writes them together. */
  const commitGroup = async (group: readonly ApplyWork[]): Promise<void> => {
    const all = openChanges(live, nextSeatId)
    const appended: Appended[] = []
    const done: ApplyWork[] = []
    for (const work of group) {
      const own: Appended[] = []
      const changes = openChanges(live, nextSeatId)
      try {
        work.run({ ...changes, log: createLog(own, () => appended.length) })
      } catch (thrown) {
        work.settle({ thrown })
        continue
      }
      done.push(work)
      appended.push(...own)
      mergeChanges(all, changes)
      for (const task of changes.tasks.values()) live.put(task)
    }
    try {
      if (done.length > 0) {
        await database.transaction(async (queries) => {
          await saveChanges(queries, all)
          await saveEntries(queries, appended)
        })
      }
    } catch (thrown) {
      isStale = true
      for (const work of done) work.settle({ thrown })
      return
    }
    append(appended)
    for (const work of done) work.settle()
  }

  const commitAlone = async <Result>(work: (unit: Unit) => Promise<Result>): Promise<Result> => {
    const appended: Appended[] = []
    const changes = openChanges(live, nextSeatId)
    const forgotten: string[] = []
    const result = await database
      .transaction(async (queries) => {
        const outcome = await work({
          ...changes,
          ...queries,
          log: createLog(appended, () => 0),
          forget: (taskId) => forgotten.push(taskId),
        })
        await saveChanges(queries, changes)
        await saveEntries(queries, appended)
        return outcome
      })
      .catch((thrown: unknown) => {
        isStale ||= mayHaveLanded(thrown)
        throw thrown
      })
    for (const task of changes.tasks.values()) live.put(task)
    for (const taskId of forgotten) live.forget(taskId)
    append(appended)
    return result
  }

  const takeGroup = (): ApplyWork[] => {
    const end = queue.findIndex((work) => work.kind !== 'apply')
    return queue.splice(0, Math.min(end === -1 ? queue.length : end, MAX_GROUP)) as ApplyWork[]
  }

  /** @returns whether memory says again what the database says; if not, nobody can be served now */
  const reload = async (): Promise<boolean> => {
    const { size } = tree
    try {
      await load()
      if (tree.size > size) tell()
      return true
    } catch (thrown) {
      for (const work of queue.splice(0)) work.settle({ thrown })
      return false
    }
  }

  const pump = async (): Promise<void> => {
    // What comes in the same turn of the event loop goes together.
    await Promise.resolve()
    while (queue.length > 0) {
      if (isStale) isStale = !(await reload())
      const group = takeGroup()
      if (group.length > 0) await commitGroup(group)
      else {
        const next = queue.shift()
        if (next?.kind === 'write') await next.run()
      }
    }
    isPumping = false
  }

  const enqueue = (work: Work): void => {
    queue.push(work)
    if (isPumping) return
    isPumping = true
    void pump()
  }

  return {
    query: database.query,
    tree,
    live,
    apply: (work) =>
      new Promise((resolve, reject) => {
        let result: Awaited<ReturnType<typeof work>>
        enqueue({
          kind: 'apply',
          run: (unit) => {
            result = work(unit) as Awaited<ReturnType<typeof work>>
          },
          settle: (failure) => (failure === undefined ? resolve(result) : reject(failure.thrown)),
        })
      }),
    write: (work) =>
      new Promise((resolve, reject) => {
        enqueue({
          kind: 'write',
          run: () => commitAlone(work).then(resolve, reject),
          settle: ({ thrown }) => reject(thrown),
        })
      }),
    entries: (from, limit) =>
      database.query<LogEntry>('SELECT index, at, kind, body FROM log WHERE index >= $1 ORDER BY index LIMIT $2', [
        from,
        limit,
      ]),
    onAppend: (listener) => {
      listeners.push(listener)
    },
  }
}
