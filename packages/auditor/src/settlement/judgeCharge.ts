import type { EscrowState, VaultState } from '@gstd/sdk/contracts'
import type { ChargeFacts, EscrowFacts, LedgerState } from '../ledger/ledgerState.ts'
import { checkValidity, type Decision, firstObjection, refused, retried, sign } from './decision.ts'
import { canStillLand, landedCharges } from './landedCharges.ts'

/** The chain as a charge meets it; undefined for what is not deployed. */
export type ChargeChain = { vault: VaultState | undefined; escrow: EscrowState | undefined }

const checkEpoch = ({ body }: ChargeFacts, { epoch, frozenAtSec }: VaultState): Decision => {
  if (frozenAtSec !== 0) return retried('the vault is frozen', { frozen_at_sec: frozenAtSec })
  if (body.epoch === epoch + 1) return sign
  const figures = { epoch: body.epoch, vault_epoch: epoch }
  return body.epoch <= epoch
    ? refused('the epoch is committed already', figures)
    : retried('the epoch is not the vault’s next', figures)
}

const checkEscrow = ({ body }: ChargeFacts, escrow: EscrowState): Decision => {
  const previousNano = BigInt(body.previous_charged_nano)
  const figures = { previous_charged_nano: previousNano, charged_nano: escrow.chargedNano }
  if (previousNano < escrow.chargedNano) return refused('the escrow was charged more since', figures)
  if (previousNano > escrow.chargedNano) return retried('the escrow was not charged that much yet', figures)
  const tasks = escrow.tasks + body.task_ids.length
  return body.tasks === tasks ? sign : refused('the number of tasks is wrong', { tasks: body.tasks, expected: tasks })
}

/** Nothing is charged twice: neither a task, nor what follows on the same sum while another charge may land. */
const checkOthers = (charge: ChargeFacts, facts: EscrowFacts, chain: LiveChain, nowSec: number): Decision => {
  const landed = landedCharges(facts, chain.chargedNano)
  if (landed === undefined) {
    return retried('the escrow was charged what the auditor never co-signed', { charged_nano: chain.chargedNano })
  }
  const isLanded = new Set(landed)
  const own = new Set(charge.body.task_ids)
  for (const other of facts.cosigned) {
    const isLive = !isLanded.has(other) && canStillLand(other, chain, nowSec)
    if (isLive) {
      return retried('another co-signed charge of the escrow may still land', {
        log_index: other.index,
        valid_until_sec: other.body.valid_until_sec,
      })
    }
    const again = isLanded.has(other) ? other.body.task_ids.find((taskId) => own.has(taskId)) : undefined
    if (again !== undefined) return refused('a task was charged before', { task_id: again, log_index: other.index })
  }
  return sign
}

type LiveChain = { chargedNano: bigint; vaultEpoch: number }

/**
 * Whether a charge that the log bears out may be co-signed now: it follows on what the escrow and the vault show, and no
 * other one could land beside it.
 *
 * @param nowSec - unix seconds
 */
export const judgeCharge = (
  state: LedgerState,
  charge: ChargeFacts,
  { vault, escrow }: ChargeChain,
  nowSec: number,
): Decision => {
  const facts = state.escrows.get(charge.body.escrow)
  if (facts === undefined) return refused('the escrow has no valid task')
  if (vault === undefined) return retried('the vault is not deployed')
  if (escrow === undefined) return retried('the escrow is not deployed')
  const live = { chargedNano: escrow.chargedNano, vaultEpoch: vault.epoch }
  return firstObjection(
    () => checkValidity(charge.body.valid_until_sec, nowSec),
    () => checkEpoch(charge, vault),
    () => checkEscrow(charge, escrow),
    () => checkOthers(charge, facts, live, nowSec),
  )
}
