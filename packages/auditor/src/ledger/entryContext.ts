import type { KnownAnswer, LogEntry, LogEntryKind, LogTree, NetworkParameters, Origin } from '@gstd/sdk'
import type { VaultState } from '@gstd/sdk/contracts'
import type { CheckOnce } from './createCheckOnce.ts'
import type { LedgerState, TaskFacts } from './ledgerState.ts'
import { known, refuse } from './refuse.ts'

/** How far the coordinator's clock may be set back between two looks at it. */
export const CLOCK_STEP_MS = 1_000

/** What the log keeps to hashes and a verdict may depend on; it comes from the coordinator and is not trusted. */
export type Evidence = { knownAnswer: KnownAnswer | undefined; results: ReadonlyMap<number, readonly unknown[]> }

/** What an entry is judged by besides the log. */
export type Outside = {
  /** For the entries that `wants` asks it for. */
  evidence?: Evidence | undefined
  vault?: VaultState | undefined
  /**
   * The auditor's own head covers the entry: it was verified in full then, and the evidence of settled tasks is not
   * kept.
   */
  vouched?: boolean
}

export type EntryContext = {
  state: LedgerState
  /** The log before this entry. */
  tree: LogTree
  origin: Origin
  outside: Outside
  checkOnce: CheckOnce
}

export type EntryOf<Kind extends LogEntryKind> = Extract<LogEntry, { kind: Kind }>

/**
 * Verifies one kind of entry and then, only then, adds what follows from it.
 *
 * @throws GstdError for an entry that does not hold
 */
export type CheckEntry<Kind extends LogEntryKind> = (
  entry: EntryOf<Kind>,
  context: EntryContext,
) => Promise<void> | void

/** @throws GstdError `AUDITOR_REFUSED` while no parameters are in force */
export const parametersOf = ({ parameters }: LedgerState): { document: NetworkParameters; hash: string } =>
  known(parameters, 'no valid parameters are in force')

/** @throws GstdError `AUDITOR_REFUSED` for a task that is not in the log, or has ended */
export const runningTask = (state: LedgerState, taskId: string): TaskFacts => {
  const task = state.tasks.get(taskId)
  if (state.ended.has(taskId) || task?.verdict !== undefined) refuse('the task has ended', { task_id: taskId })
  return known(task, 'no valid task has this id', { task_id: taskId })
}
