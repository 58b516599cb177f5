import type { ChargeFacts, CommitFacts, LedgerState } from './ledgerState.ts'

/** Notes that the auditor has signed a charge: from now on it may land. */
export const markChargeCosigned = (state: LedgerState, charge: ChargeFacts): void => {
  if (charge.status === 'cosigned') return
  charge.status = 'cosigned'
  state.escrows.get(charge.body.escrow)?.cosigned.push(charge)
}

/** Notes that the auditor has signed a commit: from now on it may land. */
export const markCommitCosigned = (commit: CommitFacts): void => {
  commit.status = 'cosigned'
}

/** @returns the commit of an epoch that was co-signed last: an earlier one has expired. */
export const cosignedCommit = (state: LedgerState, epoch: number): CommitFacts | undefined =>
  [...state.commits.values()].findLast(({ body, status }) => body.epoch === epoch && status === 'cosigned')
