import { canonicalJson, settleEpoch, type SettledTask, type Settlement } from '@gstd/sdk'
import { type EscrowState, uncommittedOf, type VaultState } from '@gstd/sdk/contracts'
import { NO_BATCH } from '../ledger/isBorneOut.ts'
import type { ChargeFacts, CommitFacts, LedgerState, VerdictFacts } from '../ledger/ledgerState.ts'
import { cosignedCommit, epochBefore } from '../ledger/markCosigned.ts'
import { checkValidity, DEAD_AFTER_SEC, type Decision, firstObjection, refused, retried, sign } from './decision.ts'
import { landedCharges } from './landedCharges.ts'

/** The chain as a commit meets it: the vault, and every escrow that `chargedEscrows` names. */
export type CommitChain = { vault: VaultState | undefined; escrows: ReadonlyMap<string, EscrowState | undefined> }

/** Whether an epoch takes a charge: one for its own number, or for one that was vetoed just before. */
const isTakenBy = (state: LedgerState, epoch: number) => {
  const before = epochBefore(state, epoch)
  return ({ body }: ChargeFacts): boolean => body.epoch > before && body.epoch <= epoch
}

/** @returns the owners, by escrow, whose escrows have a co-signed charge that the commit's epoch takes. */
export const chargedEscrows = (state: LedgerState, { body }: CommitFacts): Map<string, string> =>
  new Map(
    [...state.escrows]
      .filter(([, { cosigned }]) => cosigned.some(isTakenBy(state, body.epoch)))
      .map(([address, { requester }]) => [address, requester]),
  )

const checkVault = (state: LedgerState, { body }: CommitFacts, vault: VaultState, nowSec: number): Decision => {
  const figures = { epoch: body.epoch, vault_epoch: vault.epoch }
  if (body.epoch <= vault.epoch) return refused('the epoch is committed already', figures)
  if (body.epoch > vault.epoch + 1) return retried('the epoch is not the vault’s next', figures)
  if (vault.current.next !== NO_BATCH || nowSec < vault.current.validFromSec) {
    return retried('the vault has not finished the epoch before', { vault_epoch: vault.epoch })
  }
  if (vault.frozenAtSec !== 0) return retried('the vault is frozen', { frozen_at_sec: vault.frozenAtSec })
  const fundedFrom = epochBefore(state, body.epoch) + 1
  if (vault.fundedFrom !== fundedFrom) {
    return retried('the vault was vetoed otherwise than the log says', {
      funded_from: fundedFrom,
      vault_funded_from: vault.fundedFrom,
    })
  }
  const statedNano = BigInt(body.total_nano) + BigInt(body.owed_after_nano)
  const heldNano = vault.fundedNextNano + vault.owedNano
  return statedNano === heldNano
    ? sign
    : retried('the commit is not what the vault holds', { stated_nano: statedNano, held_nano: heldNano })
}

const checkOthers = (state: LedgerState, commit: CommitFacts, nowSec: number): Decision => {
  for (const other of state.commits.values()) {
    if (other === commit || other.status !== 'cosigned' || other.body.epoch !== commit.body.epoch) continue
    if (nowSec > other.body.valid_until_sec + DEAD_AFTER_SEC) continue
    return retried('another co-signed commit of the epoch may still land', {
      log_index: other.index,
      valid_until_sec: other.body.valid_until_sec,
    })
  }
  return sign
}

const payoutAddress = ({ payouts, body }: VerdictFacts) => {
  return (attempt: number): string => payouts.get(attempt) ?? `attempt ${attempt} of ${body.task_id}`
}

const toSettled = (state: LedgerState, charges: readonly ChargeFacts[]): (SettledTask & { index: number })[] =>
  charges
    .flatMap(({ body }) => body.task_ids)
    .flatMap((taskId) => {
      const verdict = state.tasks.get(taskId)?.verdict
      return verdict === undefined
        ? []
        : [{ verdict: verdict.body, payoutAddress: payoutAddress(verdict), index: verdict.index }]
    })

const compare = ({ body }: CommitFacts, settled: Settlement): Decision => {
  const stated: [string, unknown, unknown][] = [
    ['tasks', body.tasks, settled.tasks],
    ['total_nano', body.total_nano, settled.totalNano.toString()],
    ['owed_after_nano', body.owed_after_nano, settled.owedAfterNano.toString()],
    ['payouts', canonicalJson(body.payouts), canonicalJson(settled.payouts)],
    ['owed', canonicalJson(body.owed), canonicalJson(settled.owed)],
    ['tasks_root', body.tasks_root, settled.tasksRoot],
  ]
  const wrong = stated.find(([, actual, expected]) => actual !== expected)
  if (wrong === undefined) return sign
  const [field, actual, expected] = wrong
  const short = (value: unknown) => String(value).slice(0, 600)
  return retried(`the commit’s ${field} is not what its charges give`, {
    actual: short(actual),
    expected: short(expected),
  })
}

/** Whether an escrow shows as uncommitted just what these charges brought. */
const isShown = (charges: readonly ChargeFacts[], escrow: EscrowState | undefined, fundedFrom: number): boolean => {
  if (escrow === undefined) return false
  const { newerNano, olderNano } = uncommittedOf(escrow, fundedFrom)
  const chargedNano = charges.reduce(
    (sum, { body }) => sum + BigInt(body.cumulative_nano) - BigInt(body.previous_charged_nano),
    0n,
  )
  return chargedNano === newerNano + olderNano
}

/** The epoch's landed charges, settled anew from their verdicts. */
const checkSettlement = (state: LedgerState, commit: CommitFacts, { escrows, vault }: CommitChain): Decision => {
  const { body, parameters } = commit
  const epoch = epochBefore(state, body.epoch)
  const before = epoch === 0 ? undefined : cosignedCommit(state, epoch)
  if (epoch > 0 && before === undefined) return refused('the epoch before has no co-signed commit')
  const charges: ChargeFacts[] = []
  for (const [address, escrow] of escrows) {
    const facts = state.escrows.get(address)
    const landed = facts === undefined ? undefined : landedCharges(facts, escrow?.chargedNano ?? 0n)
    if (landed === undefined)
      return retried('an escrow was charged what the auditor never co-signed', { escrow: address })
    const taken = landed.filter(isTakenBy(state, body.epoch))
    const kept = taken.filter(({ isReclaimed }) => isReclaimed !== true)
    if (kept.length < taken.length && !isShown(kept, escrow, vault?.fundedFrom ?? 0))
      return retried('an escrow does not show what the log says its owner reclaimed', { escrow: address })
    charges.push(...kept)
  }
  const tasks = toSettled(
    state,
    charges.toSorted((a, b) => a.index - b.index),
  )
  const late = tasks.find(({ index }) => index >= body.log_size)
  if (late !== undefined)
    return refused('log_size leaves out a verdict', { verdict_index: late.index, log_size: body.log_size })
  return compare(
    commit,
    settleEpoch({
      tasks,
      owedBefore: before === undefined ? [] : [...before.body.owed, ...(before.unpaid ?? [])],
      minimumPayoutNano: BigInt(parameters.minimum_payout_nano),
      operatorAddress: parameters.operator_address,
    }),
  )
}

/**
 * Whether a commit that the log bears out may be co-signed now: it pays exactly what the epoch's landed charges earned,
 * which is exactly what the vault holds, and no other commit of the epoch could land.
 *
 * @param nowSec - unix seconds
 */
export const judgeCommit = (state: LedgerState, commit: CommitFacts, chain: CommitChain, nowSec: number): Decision => {
  const { vault } = chain
  if (vault === undefined) return retried('the vault is not deployed')
  return firstObjection(
    () => checkValidity(commit.body.valid_until_sec, nowSec),
    () => checkVault(state, commit, vault, nowSec),
    () => checkOthers(state, commit, nowSec),
    () => checkSettlement(state, commit, chain),
  )
}
