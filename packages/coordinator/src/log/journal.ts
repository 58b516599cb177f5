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
import { createLiveSkills, type LiveSkills } from '../live/createLiveSkills.ts'
import { createLiveTasks, type LiveTasks } from '../live/createLiveTasks.ts'
import { loadTasks } from '../live/loadTasks.ts'
import { type Changes, type CollectedChanges, mergeChanges, openChanges } from '../live/openChanges.ts'
import { isWorthWriting, saveChanges } from '../live/saveChanges.ts'
import { readSkills } from '../devices/deviceStatistics.ts'
import type { Database, Queries } from '../storage/database.ts'
import { createWorkQueue, type GroupWork } from './createWorkQueue.ts'

/** One transition of tasks under way: decided in memory, at once. */
export type LiveUnit = Changes & {
  /** @returns the index the entry will have. */
  log<Kind extends LogEntryKind>(kind: Kind, body: LogBody<Kind>): number
}

/** A transition that asks the database, too: its rows and its log entries land together or not at all. */
export type Unit = LiveUnit &
  Queries & {
    /** Runs when the unit is on disk, before anything else is decided: what it changed by SQL, memory has to follow. */
    afterwards(follow: () => void): void
  }

/** The ordered log, the tasks under way, and the only way to write to the database. */
export type Journal = Queries & {
  readonly tree: LogTree
  readonly live: LiveTasks
  readonly skills: LiveSkills
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
  /** Calls back when memory was read anew: what was told to nobody may have landed, and steps of devices are forgotten. */
  onReload(listener: () => void): void
}

type Appended = { entry: LogEntry; hash: Uint8Array }

const INSERT = 'INSERT INTO log SELECT * FROM json_populate_recordset(NULL::log, $1)'

const mayHaveLanded = (thrown: unknown): boolean => thrown instanceof GstdError && thrown.code === 'STORAGE_UNAVAILABLE'

/** Writes rows and entries of one or several transitions, inside their transaction. */
const save = async (queries: Queries, changes: CollectedChanges, appended: readonly Appended[]): Promise<void> => {
  await saveChanges(queries, changes)
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
  const skills = createLiveSkills()
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
      live.replace(await loadTasks(queries, clock()))
      skills.learn(skills.known(), await readSkills(queries, skills.known()))
      seatId = Math.max(seatId, row?.id ?? 0)
    })
  await load()

  const listeners: (() => void)[] = []
  const reloadListeners: (() => void)[] = []
  let isStale = false

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
  const commitGroup = async (group: readonly GroupWork<LiveUnit>[]): Promise<void> => {
    const all = openChanges(live, nextSeatId)
    const appended: Appended[] = []
    const done: GroupWork<LiveUnit>[] = []
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
      if (appended.length > 0 || isWorthWriting(all)) {
        await database.transaction((queries) => save(queries, all, appended))
      }
    } catch (thrown) {
      isStale = true
      for (const work of done) work.settle({ thrown })
      return
    }
    skills.add(all.tally)
    append(appended)
    for (const work of done) work.settle()
  }

  const commitAlone = async <Result>(work: (unit: Unit) => Promise<Result>): Promise<Result> => {
    const appended: Appended[] = []
    const changes = openChanges(live, nextSeatId)
    const following: (() => void)[] = []
    const result = await database
      .transaction(async (queries) => {
        const outcome = await work({
          ...changes,
          ...queries,
          log: createLog(appended, () => 0),
          afterwards: (follow) => following.push(follow),
        })
        await save(queries, changes, appended)
        return outcome
      })
      .catch((thrown: unknown) => {
        isStale ||= mayHaveLanded(thrown)
        throw thrown
      })
    for (const task of changes.tasks.values()) live.put(task)
    skills.add(changes.tally)
    for (const follow of following) follow()
    append(appended)
    return result
  }

  const reload = async (): Promise<void> => {
    if (!isStale) return
    const { size } = tree
    await load()
    isStale = false
    if (tree.size > size) tell()
    for (const listener of reloadListeners) listener()
  }

  const works = createWorkQueue<LiveUnit>({ commitGroup, prepare: reload })

  return {
    query: database.query,
    tree,
    live,
    skills,
    apply: works.together,
    write: (work) => works.alone(() => commitAlone(work)),
    entries: (from, limit) =>
      database.query<LogEntry>('SELECT index, at, kind, body FROM log WHERE index >= $1 ORDER BY index LIMIT $2', [
        from,
        limit,
      ]),
    onAppend: (listener) => {
      listeners.push(listener)
    },
    onReload: (listener) => {
      reloadListeners.push(listener)
    },
  }
}
