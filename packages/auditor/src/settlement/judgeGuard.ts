import { GUARD_DELAY_SEC, type VaultState } from '@gstd/sdk/contracts'
import { NO_BATCH } from '../ledger/isBorneOut.ts'
import type { GuardFacts } from '../ledger/ledgerState.ts'
import { checkValidity, type Decision, firstObjection, refused, retried, sign } from './decision.ts'

const checkTime = (fromSec: number, nowSec: number): Decision =>
  nowSec >= fromSec + GUARD_DELAY_SEC
    ? sign
    : retried('7 days have not passed yet', { from_sec: fromSec, now_sec: Math.floor(nowSec) })

const checkState = ({ message: { kind, body } }: GuardFacts, vault: VaultState, nowSec: number): Decision => {
  if (kind === 'unfreeze') {
    const figures = { frozen_at_sec: body.frozen_at_sec, vault_frozen_at_sec: vault.frozenAtSec }
    if (body.frozen_at_sec !== vault.frozenAtSec) return retried('the vault shows another freeze, or none', figures)
    return checkTime(vault.frozenAtSec, nowSec)
  }
  const figures = { epoch: body.epoch, vault_epoch: vault.epoch, next: body.next }
  if (body.epoch < vault.epoch) return refused('a later epoch is committed', figures)
  if (body.epoch > vault.epoch || body.next !== vault.current.next || body.next === NO_BATCH) {
    return retried('the vault does not wait for this batch', figures)
  }
  return checkTime(vault.current.validFromSec, nowSec)
}

/**
 * Whether an `unfreeze` or `uncommit` may be co-signed now: the vault shows the freeze that it ends, or the batch that it
 * gives up, and 7 days have passed.
 *
 * @param nowSec - unix seconds
 */
export const judgeGuard = (guard: GuardFacts, vault: VaultState | undefined, nowSec: number): Decision => {
  if (vault === undefined) return retried('the vault is not deployed')
  return firstObjection(
    () => checkValidity(guard.body.valid_until_sec, nowSec),
    () => checkState(guard, vault, nowSec),
  )
}
