import { type LogEntry, type LogEntryKind, logEntryHash, toHex } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'
import type { RestoreContext, RestoreEntry } from './restoreContext.ts'
import { restoreDevice } from './restoreDevice.ts'
import {
  restoreAttestation,
  restoreCommitment,
  restoreDispatch,
  restoreReveal,
  restoreSeatEnd,
} from './restoreExecution.ts'
import { restoreUncommit, restoreUnfreeze } from './restoreGuard.ts'
import {
  restoreCharge,
  restoreCommit,
  restoreCosignature,
  restoreExecuted,
  restoreReclaimed,
  restoreRefusal,
  restoreUncommitted,
  restoreVetoed,
} from './restorePayments.ts'
import { restoreCancelled, restoreTask } from './restoreTask.ts'
import { restoreVerdict } from './restoreVerdict.ts'

/** By kind, what follows from an entry. */
const restorers: { [Kind in LogEntryKind]: RestoreEntry<Kind> } = {
  parameters: async () => undefined,
  device: restoreDevice,
  task: restoreTask,
  dispatch: restoreDispatch,
  commitment: restoreCommitment,
  reveal: restoreReveal,
  attestation: restoreAttestation,
  seat_end: restoreSeatEnd,
  verdict: restoreVerdict,
  charge: restoreCharge,
  commit: restoreCommit,
  cosignature: restoreCosignature,
  refusal: restoreRefusal,
  cancelled: restoreCancelled,
  executed: restoreExecuted,
  vetoed: restoreVetoed,
  uncommitted: restoreUncommitted,
  reclaimed: restoreReclaimed,
  unfreeze: restoreUnfreeze,
  uncommit: restoreUncommit,
}

/** Appends an entry to the log as it was, and adds to the tables what follows from it. */
export const restoreEntry = async (queries: Queries, entry: LogEntry, context: RestoreContext): Promise<void> => {
  await queries.query('INSERT INTO log (index, at, kind, body, hash) VALUES ($1, $2, $3, $4, $5)', [
    entry.index,
    entry.at,
    entry.kind,
    JSON.stringify(entry.body),
    toHex(logEntryHash(entry, context.origin)),
  ])
  const restore = restorers[entry.kind] as RestoreEntry<LogEntryKind>
  await restore(queries, entry, context)
}
