import { type LogBody, type LogEntry, type LogEntryKind, parseLogEntry } from '@gstd/sdk'
import { z } from 'zod'

const pageSchema = z.object({ entries: z.array(z.unknown()), size: z.int() })

/** @returns the whole log that a coordinator serves */
export const readLog = async (coordinator: string): Promise<LogEntry[]> => {
  const entries: LogEntry[] = []
  for (;;) {
    const answer = await fetch(`${coordinator}/api/v1/log?from=${entries.length}&limit=1000`)
    const page = pageSchema.parse(await answer.json())
    entries.push(...page.entries.map(parseLogEntry))
    if (entries.length >= page.size) return entries
  }
}

/** @returns the bodies of all entries of one kind */
export const bodiesOf = <Kind extends LogEntryKind>(entries: readonly LogEntry[], kind: Kind): LogBody<Kind>[] =>
  entries.filter((entry) => entry.kind === kind).map((entry) => entry.body as LogBody<Kind>)
