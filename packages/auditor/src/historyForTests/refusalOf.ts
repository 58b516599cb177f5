import type { LogBody, LogEntry, LogEntryKind } from '@gstd/sdk'
import type { Outside } from '../ledger/entryContext.ts'
import { foldHistory } from './foldHistory.ts'
import { entryOf, type FullHistory } from './fullHistory.ts'

type Body<Kind extends LogEntryKind> = LogBody<Kind>

export type Alteration<Kind extends LogEntryKind> = (
  body: Body<Kind>,
  history: FullHistory,
) => Body<Kind> | Promise<Body<Kind>>

/**
 * Folds an honest log up to its nth entry of a kind, and that one altered.
 *
 * @returns why the altered entry is refused; undefined when it is not
 */
export const refusalOf = async <Kind extends LogEntryKind>(
  history: FullHistory,
  kind: Kind,
  nth: number,
  alter: Alteration<Kind>,
  outside?: Outside,
): Promise<string | undefined> => {
  const entry = entryOf(history.entries, kind, nth)
  const body = await alter(structuredClone(entry.body) as Body<Kind>, history)
  const altered = { ...entry, body } as LogEntry
  const entries = [...history.entries.slice(0, entry.index), altered]
  const { findings } = await foldHistory(entries, history.tasks, ({ index }) =>
    index === entry.index && outside !== undefined ? outside : {},
  )
  const [finding, ...others] = findings
  if (others.length > 0) throw new Error('more than one entry was refused')
  if (finding !== undefined && finding.index !== entry.index)
    throw new Error(`entry ${finding.index}: ${finding.reason}`)
  return finding?.reason
}
