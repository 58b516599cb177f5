import { fromHex, verifySignature } from '@gstd/sdk'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import { markChargeCosigned, markCommitCosigned } from './markCosigned.ts'
import { known, refuse } from './refuse.ts'

/** The auditor's own signature over a charge or commit that is in the log. */
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
    const commit = known(state.commits.get(hash), 'no valid commit has this hash', { hash })
    markCommitCosigned(commit)
    commit.logged = true
  }
  state.loggedCells.push(hash)
}
