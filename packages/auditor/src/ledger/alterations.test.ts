import { GstdError, type LogEntry, type LogEntryKind, parseLogEntry } from '@gstd/sdk'
import { expect, it } from 'vitest'
import { vaultState } from '../historyForTests/chainStates.ts'
import { alterationsOf } from '../historyForTests/alterationsOf.ts'
import { evidenceOf, foldHistory } from '../historyForTests/foldHistory.ts'
import { type FullHistory, fullHistory } from '../historyForTests/fullHistory.ts'
import { origin } from '../historyForTests/parties.ts'
import { checkEntry } from './checkEntry.ts'
import type { Ledger } from './createLedger.ts'
import { createCheckOnce } from './createCheckOnce.ts'
import type { EntryContext } from './entryContext.ts'

/** Entries of each kind that are altered in every field. */
const ALTERED_PER_KIND = 2

/** What an entry alone does not show: another one does, or nobody knows better than who states it. */
const unknowable: Partial<Record<LogEntryKind, string[]>> = {
  // Opaque on purpose; owners are compared themselves.
  device: ['independence_id'],
  // The reveal shows the one; of the other, the log has no `started`, but notices more than passed since the dispatch.
  commitment: ['commitment', 'observed_ms'],
  // Which of the free seats it is.
  dispatch: ['seat'],
  // What the device reports of itself: the attestation does not cover what it did not report.
  reveal: ['energy_consumed_mwh', 'energy_uncertainty', 'execution_time_ms', 'timestamp'].map(
    (name) => `proof.${name}`,
  ),
  // Whether the requester gave an answer: the verdict cannot be judged without it, or with one that is none.
  task: ['known_answer'],
  // Only its sum is signed; `judgeCommit` compares it with what the charges leave.
  commit: ['owed', 'owed.*.address'],
}

const contextOf = (history: FullHistory, entry: LogEntry, { state, tree, wants }: Ledger): EntryContext => {
  const task = history.tasks.get(wants(entry).evidenceOf ?? '')
  return {
    state,
    tree,
    origin,
    checkOnce: createCheckOnce(),
    outside: { vault: vaultState({ epoch: 1 }), ...(task !== undefined && { evidence: evidenceOf(task) }) },
  }
}

/** @returns whether an altered entry is noticed; one that is not has changed the ledger */
const isNoticed = async (history: FullHistory, entry: LogEntry, body: unknown, ledger: Ledger): Promise<boolean> => {
  try {
    const altered = parseLogEntry({ ...entry, body })
    await checkEntry(altered, contextOf(history, altered, ledger))
    return false
  } catch (thrown) {
    if (thrown instanceof GstdError) return true
    throw thrown
  }
}

it('notices every altered field of every kind of entry, and nothing follows from what it refuses', async () => {
  const history = await fullHistory()
  const { entries, tasks } = history
  const counted = new Map<LogEntryKind, number>()
  const unnoticed = new Set<string>()
  let checked = 0
  let { ledger } = await foldHistory([], tasks)
  for (const entry of entries) {
    const nth = counted.get(entry.kind) ?? 0
    counted.set(entry.kind, nth + 1)
    for (const { path, value } of nth < ALTERED_PER_KIND ? alterationsOf(entry.body) : []) {
      checked += 1
      if (await isNoticed(history, entry, value, ledger)) continue
      unnoticed.add(`${entry.kind}: ${path}`)
      ledger = (await foldHistory(entries.slice(0, entry.index), tasks)).ledger
    }
    const { outside } = contextOf(history, entry, ledger)
    expect(
      await ledger.apply(
        entry,
        outside.vault === undefined ? outside : { ...outside, vault: vaultState({ epoch: 2 }) },
      ),
    ).toEqual([])
  }
  expect(checked).toBeGreaterThan(1500)
  const allowed = Object.entries(unknowable).flatMap(([kind, paths]) => paths.map((path) => `${kind}: ${path}`))
  expect([...unnoticed].toSorted()).toEqual(allowed.toSorted())
})
