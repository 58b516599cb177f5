import type { LogEntry } from '@gstd/sdk'
import { checkAttestation } from './checkAttestation.ts'
import { checkCancelled } from './checkCancelled.ts'
import { checkCharge } from './checkCharge.ts'
import { checkCommit } from './checkCommit.ts'
import { checkCommitment } from './checkCommitment.ts'
import { checkCosignature } from './checkCosignature.ts'
import { checkDevice } from './checkDevice.ts'
import { checkDispatch } from './checkDispatch.ts'
import { checkExecuted, checkUncommitted, checkVetoed } from './checkExecuted.ts'
import { checkGuard } from './checkGuard.ts'
import { checkParameters } from './checkParameters.ts'
import { checkReclaimed } from './checkReclaimed.ts'
import { checkRefusal } from './checkRefusal.ts'
import { checkReveal } from './checkReveal.ts'
import { checkSeatEnd } from './checkSeatEnd.ts'
import { checkTask } from './checkTask.ts'
import { checkVerdict } from './checkVerdict.ts'
import type { EntryContext } from './entryContext.ts'

/**
 * Verifies one entry of any kind against those before it, and adds what follows from it.
 *
 * @throws GstdError for an entry that does not hold; the state is as it was then
 */
export const checkEntry = (entry: LogEntry, context: EntryContext): Promise<void> | void => {
  switch (entry.kind) {
    case 'parameters':
      return checkParameters(entry, context)
    case 'device':
      return checkDevice(entry, context)
    case 'task':
      return checkTask(entry, context)
    case 'dispatch':
      return checkDispatch(entry, context)
    case 'commitment':
      return checkCommitment(entry, context)
    case 'reveal':
      return checkReveal(entry, context)
    case 'attestation':
      return checkAttestation(entry, context)
    case 'seat_end':
      return checkSeatEnd(entry, context)
    case 'verdict':
      return checkVerdict(entry, context)
    case 'charge':
      return checkCharge(entry, context)
    case 'commit':
      return checkCommit(entry, context)
    case 'unfreeze':
    case 'uncommit':
      return checkGuard(entry, context)
    case 'cosignature':
      return checkCosignature(entry, context)
    case 'refusal':
      return checkRefusal(entry, context)
    case 'cancelled':
      return checkCancelled(entry, context)
    case 'executed':
      return checkExecuted(entry, context)
    case 'vetoed':
      return checkVetoed(entry, context)
    case 'reclaimed':
      return checkReclaimed(entry, context)
    case 'uncommitted':
      return checkUncommitted(entry, context)
  }
}
