import type { Payout } from '@gstd/sdk'
import { unpaidPayouts } from '@gstd/sdk/contracts'
import type { CheckEntry, EntryContext } from './entryContext.ts'
import { forgetSettled } from './forgetSettled.ts'
import { type EndEntry, isBorneOut } from './isBorneOut.ts'
import type { CommitFacts } from './ledgerState.ts'
import { cosignedCommit } from './markCosigned.ts'
import { known, refuse } from './refuse.ts'

/** @returns the commit of an epoch that ends as the vault shows */
const endedCommit = (entry: EndEntry, { state, outside }: EntryContext): CommitFacts => {
  const { epoch } = entry.body
  if (epoch <= state.executedEpoch) refuse('the epoch was executed before', { epoch, last: state.executedEpoch })
  if (state.vetoed.has(epoch)) refuse('the epoch was vetoed before', { epoch })
  const commit = known(cosignedCommit(state, epoch), 'the epoch has no co-signed commit', { epoch })
  const vault = known(outside.vault, 'the vault is not deployed')
  if (isBorneOut(vault, entry, commit)) return commit
  return refuse(entry.kind === 'executed' ? 'the vault has not paid the epoch' : 'the vault does not show the end', {
    epoch,
    vault_epoch: vault.epoch,
  })
}

const settle = (commit: CommitFacts, unpaid: readonly Payout[], { state }: EntryContext): void => {
  for (const { device_id, reputation } of commit.body.reputations) state.committed.set(device_id, reputation)
  state.executedEpoch = commit.body.epoch
  commit.unpaid = unpaid
  forgetSettled(state, commit)
}

/** An epoch is paid: its published reputations are those that pay from here on. */
export const checkExecuted: CheckEntry<'executed'> = (entry, context) =>
  settle(endedCommit(entry, context), [], context)

/** What an epoch was to pay from one batch on was given up, and is owed; the rest of it counts as paid. */
export const checkUncommitted: CheckEntry<'uncommitted'> = (entry, context) => {
  const commit = endedCommit(entry, context)
  const unpaid = known(unpaidPayouts(commit.body, entry.body.next), 'the epoch has no such batch', entry.body)
  settle(commit, unpaid, context)
}

/** The guardian took an epoch back: its number is skipped, and the next commit pays what it was to pay. */
export const checkVetoed: CheckEntry<'vetoed'> = (entry, context) => {
  const { state } = context
  endedCommit(entry, context)
  const { epoch } = entry.body
  state.vetoed.add(epoch)
  for (const commit of state.commits.values()) if (commit.body.epoch === epoch) commit.status = 'vetoed'
}
