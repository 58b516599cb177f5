import type { VaultState } from '@gstd/sdk/contracts'
import type { CheckEntry } from './entryContext.ts'
import { forgetSettled } from './forgetSettled.ts'
import { cosignedCommit } from './markCosigned.ts'
import { known, refuse } from './refuse.ts'

/** What the vault names when it has no batch left to pay. */
export const NO_BATCH = '0'.repeat(64)

/**
 * @param atSec - unix seconds
 * @returns whether every payout of an epoch is made; one that pays nobody ends with its challenge window
 */
export const isExecuted = (vault: VaultState, epoch: number, atSec: number): boolean =>
  vault.epoch > epoch ||
  (vault.epoch === epoch && vault.current.next === NO_BATCH && vault.current.validFromSec <= atSec)

/** An epoch is paid: its published reputations are those that pay from here on. */
export const checkExecuted: CheckEntry<'executed'> = ({ at, body }, { state, outside }) => {
  const { epoch } = body
  if (epoch <= state.executedEpoch) refuse('the epoch was executed before', { epoch, last: state.executedEpoch })
  const commit = known(cosignedCommit(state, epoch), 'the epoch has no co-signed commit', { epoch })
  const vault = known(outside.vault, 'the vault is not deployed')
  if (!isExecuted(vault, epoch, at / 1000))
    refuse('the vault has not paid the epoch', { epoch, vault_epoch: vault.epoch })
  for (const { device_id, reputation } of commit.body.reputations) state.committed.set(device_id, reputation)
  state.executedEpoch = epoch
  forgetSettled(state, commit)
}
