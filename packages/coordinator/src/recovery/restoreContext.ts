import type { LogEntry, LogEntryKind, NetworkParameters, Origin } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'

/** What entries are restored with. */
export type RestoreContext = {
  origin: Origin
  /** Those in force where the entry stands. */
  parameters: NetworkParameters
  /**
   * What an escrow had been charged in all, in nano, once a charge could not land any more: by the escrow's next charge
   * in the log, or by the chain.
   */
  chargedAfter(charge: { index: number; escrow: string; requester: string }): Promise<bigint>
}

/** Adds to the tables what follows from an entry; the entry itself is in the log already. */
export type RestoreEntry<Kind extends LogEntryKind> = (
  queries: Queries,
  entry: Extract<LogEntry, { kind: Kind }>,
  context: RestoreContext,
) => Promise<void>
