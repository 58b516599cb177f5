import { fromHex, verifySignature } from '@gstd/sdk'
import type { GuardMessage } from '@gstd/sdk/contracts'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import { markChargeCosigned, markCosigned } from './markCosigned.ts'
import type { CommitFacts, GuardFacts, LedgerState } from './ledgerState.ts'
import { known, refuse } from './refuse.ts'

const cellsOf = ({ commits, guards }: LedgerState, of: 'commit' | GuardMessage['kind']) =>
  of === 'commit'
    ? commits
    : new Map<string, CommitFacts | GuardFacts>([...guards].filter(([, { message }]) => message.kind === of))

/** The auditor's own signature over a cell that is in the log. */
export const checkCosignature: CheckEntry<'cosignature'> = async ({ body }, { state }) => {
  const { of, hash, auditor_signature: signature } = body
  if (!(await verifySignature(parametersOf(state).document.auditor_key, fromHex(hash), signature))) {
    refuse('the co-signature is not the auditor’s', { hash })
  }
  if (of === 'charge') {
    const charge = known(state.charges.get(hash), 'no valid charge has this hash', { hash })
    markChargeCosigned(state, charge)
    charge.logged = true
  } else {
    const facts = known(cellsOf(state, of).get(hash), `no valid ${of} has this hash`, { hash })
    markCosigned(facts)
    facts.logged = true
  }
  state.loggedCells.push(hash)
}
