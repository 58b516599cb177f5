import type { CheckEntry } from './entryContext.ts'
import { refuse } from './refuse.ts'

/**
 * The log names a refusal without its signature: one of an entry must be this auditor's own. A charge or commit that
 * waits for a signature may have been refused by it before it lost its state: then it stays refused.
 */
export const checkRefusal: CheckEntry<'refusal'> = ({ body }, { state }) => {
  const { hash } = body
  const settlement = state.charges.get(hash) ?? state.commits.get(hash)
  if (settlement === undefined && !state.refused.has(hash)) refuse('the auditor did not refuse this', { hash })
  if (settlement?.status === 'cosigned') refuse('the auditor co-signed what is said to be refused', { hash })
  if (settlement !== undefined) {
    settlement.status = 'refused'
    settlement.logged = true
    state.loggedCells.push(hash)
  }
  state.refused.add(hash)
}
