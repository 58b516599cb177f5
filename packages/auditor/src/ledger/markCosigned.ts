import type { ChargeFacts, CommitFacts, GuardFacts, LedgerState } from './ledgerState.ts'

/** Notes that the auditor has signed a charge: from now on it may land. */
export const markChargeCosigned = (state: LedgerState, charge: ChargeFacts): void => {
  if (charge.status === 'cosigned') return
  charge.status = 'cosigned'
  state.escrows.get(charge.body.escrow)?.cosigned.push(charge)
}

/** Notes that the auditor has signed anything else: from now on it may land. A vetoed commit stays vetoed. */
export const markCosigned = (facts: CommitFacts | GuardFacts): void => {
  if (facts.status !== 'vetoed') facts.status = 'cosigned'
}

/** @returns the number of the last epoch before one that was not vetoed, 0 when there is none. */
export const epochBefore = ({ vetoed }: LedgerState, epoch: number): number => {
  let before = epoch - 1
  while (vetoed.has(before)) before -= 1
  return before
}

/** @returns the commit of an epoch that was co-signed last: an earlier one has expired. */
export const cosignedCommit = (state: LedgerState, epoch: number): CommitFacts | undefined =>
  [...state.commits.values()].findLast(({ body, status }) => body.epoch === epoch && status === 'cosigned')
