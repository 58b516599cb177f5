import type { LogEntry } from '@gstd/sdk'
import { chargeCellOf, commitCellOf } from '@gstd/sdk/contracts'
import { createLedger, type Finding, type Ledger } from '../ledger/createLedger.ts'
import type { Evidence, Outside } from '../ledger/entryContext.ts'
import { vaultState } from './chainStates.ts'
import type { LoggedTask } from './createHistory.ts'
import { auditor, network, origin } from './parties.ts'

/** @returns what the coordinator would hand over for a task's verdict. */
export const evidenceOf = ({ knownAnswer, executions }: LoggedTask): Evidence => ({
  knownAnswer,
  results: new Map(executions.map(({ order, result }) => [order.attempt, result])),
})

/** Folds a log; what entries want from outside is what honest parties would give. */
export const foldHistory = async (
  entries: readonly LogEntry[],
  tasks: ReadonlyMap<string, LoggedTask>,
  outsideOf: (entry: LogEntry) => Outside = () => ({}),
): Promise<{ ledger: Ledger; findings: Finding[] }> => {
  const ledger = createLedger(network)
  const findings: Finding[] = []
  for (const entry of entries) {
    const wants = ledger.wants(entry)
    const task = tasks.get(wants.evidenceOf ?? '')
    const outside: Outside = {
      ...(task !== undefined && { evidence: evidenceOf(task) }),
      ...(wants.vault === true && { vault: vaultState({ epoch: entry.kind === 'executed' ? entry.body.epoch : 0 }) }),
      ...outsideOf(entry),
    }
    findings.push(...(await ledger.apply(entry, outside)))
  }
  return { ledger, findings }
}

/** @returns the auditor's signature over a logged charge or commit, as the coordinator logs it. */
export const cosign = async (entry: LogEntry & { kind: 'charge' | 'commit' }) => {
  const cell = entry.kind === 'charge' ? chargeCellOf(entry.body, origin) : commitCellOf(entry.body, origin)
  return {
    of: entry.kind,
    hash: cell.hash().toString('hex'),
    auditor_signature: await auditor.sign(cell.hash()),
  }
}
