import {
  createLogTree,
  fromHex,
  type LogBody,
  type LogEntry,
  type LogEntryContent,
  type LogEntryKind,
  logEntryHash,
  type LogTree,
  type Origin,
  toHex,
} from '@gstd/sdk'
import type { Database, Queries } from '../storage/database.ts'

/** One transition: its rows and its log entries land together or not at all. */
export type Unit = Queries & {
  /** @returns the index the entry will have. */
  log<Kind extends LogEntryKind>(kind: Kind, body: LogBody<Kind>): number
}

/** The ordered log, and the only way to write to the database. */
export type Journal = Queries & {
  readonly tree: LogTree
  write<Result>(work: (unit: Unit) => Promise<Result>): Promise<Result>
  entries(from: number, limit: number): Promise<LogEntry[]>
  /** Calls back after every transaction that logged something. */
  onAppend(listener: () => void): void
}

const INSERT = 'INSERT INTO log (index, at, kind, body, hash) VALUES ($1, $2, $3, $4, $5)'

/**
 * Opens the log over a migrated database.
 *
 * @param clock - unix ms
 */
export const openJournal = async (database: Database, origin: Origin, clock: () => number): Promise<Journal> => {
  const tree = createLogTree()
  for (const row of await database.query<{ hash: string }>('SELECT hash FROM log ORDER BY index')) {
    tree.append(fromHex(row.hash))
  }
  const listeners: (() => void)[] = []
  let last: Promise<unknown> = Promise.resolve()

  const commit = async <Result>(work: (unit: Unit) => Promise<Result>): Promise<Result> => {
    const appended: { entry: LogEntry; hash: Uint8Array }[] = []
    const result = await database.transaction(async (queries) => {
      const outcome = await work({
        ...queries,
        log: (kind, body) => {
          const index = tree.size + appended.length
          const entry = { index, at: clock(), kind, body } as { index: number; at: number } & LogEntryContent
          appended.push({ entry, hash: logEntryHash(entry, origin) })
          return index
        },
      })
      for (const { entry, hash } of appended) {
        await queries.query(INSERT, [entry.index, entry.at, entry.kind, JSON.stringify(entry.body), toHex(hash)])
      }
      return outcome
    })
    for (const { hash } of appended) tree.append(hash)
    if (appended.length > 0) for (const listener of listeners) listener()
    return result
  }

  return {
    query: database.query,
    tree,
    write: (work) => {
      const next = last.then(
        () => commit(work),
        () => commit(work),
      )
      last = next.catch(() => undefined)
      return next
    },
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
