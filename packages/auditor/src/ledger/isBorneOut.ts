import type { LogEntry } from '@gstd/sdk'
import { batchOfRemainder, type VaultState } from '@gstd/sdk/contracts'
import type { CommitFacts } from './ledgerState.ts'

/** What the vault names when it has no batch left to pay. */
export const NO_BATCH = '0'.repeat(64)

/** Entries that say how an epoch ended. */
export type EndEntry = Extract<LogEntry, { kind: 'executed' | 'vetoed' | 'uncommitted' }>

export const isEndEntry = (entry: LogEntry): entry is EndEntry =>
  entry.kind === 'executed' || entry.kind === 'vetoed' || entry.kind === 'uncommitted'

/**
 * Whether the vault shows that an epoch ended as an entry says. Once the next epoch is committed it does not show any
 * more how those before it ended; but that commit was co-signed only for what was right by then.
 *
 * @param commit - the epoch's, as it was co-signed
 */
export const isBorneOut = (vault: VaultState, { kind, at, body }: EndEntry, commit: CommitFacts): boolean => {
  if (vault.epoch !== body.epoch) return vault.epoch > body.epoch
  // A veto makes the epoch's charges funds of the next one.
  const isVetoed = vault.fundedFrom <= body.epoch
  if (kind === 'vetoed' || isVetoed) return kind === 'vetoed' && isVetoed
  // One that pays nobody ends with its challenge window.
  if (vault.current.next !== NO_BATCH || vault.current.validFromSec > at / 1000) return false
  const unpaidNano = vault.owedNano - BigInt(commit.body.owed_after_nano)
  if (kind === 'executed') return unpaidNano <= 0n
  return unpaidNano > 0n && batchOfRemainder(commit.body, unpaidNano) === body.next
}
