import { leavesOf, tasksRootOf } from '@gstd/sdk'
import type { ChargeFacts, CommitFacts, EscrowFacts, LedgerState } from './ledgerState.ts'
import { epochBefore } from './markCosigned.ts'

/** The charges of an escrow that an epoch takes, as far as they follow on what is settled; of two with one sum the later counts. */
const chainOf = (
  { cosigned, settledNano }: EscrowFacts,
  { before, epoch }: { before: number; epoch: number },
): ChargeFacts[] => {
  const byPrevious = new Map(
    cosigned
      .filter(({ body }) => body.epoch > before && body.epoch <= epoch)
      .map((charge) => [BigInt(charge.body.previous_charged_nano), charge]),
  )
  const chain: ChargeFacts[] = []
  for (let charge = byPrevious.get(settledNano); charge !== undefined;) {
    chain.push(charge)
    charge = byPrevious.get(BigInt(charge.body.cumulative_nano))
  }
  return chain
}

const rootOf = ({ tasks }: LedgerState, charges: readonly ChargeFacts[]): string =>
  tasksRootOf(
    charges
      .toSorted((a, b) => a.index - b.index)
      .flatMap(({ body }) => body.task_ids)
      .flatMap((taskId) => {
        const verdict = tasks.get(taskId)?.verdict
        return verdict === undefined ? [] : leavesOf(verdict.body)
      }),
  )

const settleEscrow = (state: LedgerState, facts: EscrowFacts, chain: readonly ChargeFacts[], epoch: number): void => {
  for (const { body } of chain) {
    for (const taskId of body.task_ids) endTask(state, taskId)
    facts.settledNano = BigInt(body.cumulative_nano)
  }
  for (const { body, hash, logged } of facts.cosigned) if (body.epoch <= epoch && logged) state.charges.delete(hash)
  facts.cosigned = facts.cosigned.filter(({ body }) => body.epoch > epoch)
}

/** Lets go of a task that nothing can follow on; its id stays used. */
export const endTask = ({ tasks, ended }: LedgerState, taskId: string): void => {
  tasks.delete(taskId)
  ended.add(taskId)
}

/**
 * Ends a task whose verdict is refused: it fails, and what was reserved for it is free again. A task that has a valid
 * verdict keeps it.
 */
export const failRefused = (state: LedgerState, taskId: string): void => {
  const task = state.tasks.get(taskId)
  if (task === undefined || task.verdict !== undefined) return
  for (const { revealed } of task.seats.values()) {
    if (revealed !== undefined) state.provisional.delete(revealed.proofHash)
  }
  const escrow = state.escrows.get(task.escrow)
  if (escrow !== undefined) escrow.reservedNano -= task.reservedNano
  endTask(state, taskId)
}

/**
 * Lets go of what an executed epoch has settled, so that memory holds what is under way. Which charges landed, the
 * commit's root tells; where it is not that of all that could, the epoch is kept as it is.
 */
export const forgetSettled = (state: LedgerState, { body }: CommitFacts): void => {
  const range = { before: epochBefore(state, body.epoch), epoch: body.epoch }
  const chains = [...state.escrows.values()].map((facts) => ({ facts, chain: chainOf(facts, range) }))
  const charges = chains.flatMap(({ chain }) => chain).filter(({ isReclaimed }) => isReclaimed !== true)
  if (rootOf(state, charges) !== body.tasks_root) return
  for (const { facts, chain } of chains) if (chain.length > 0) settleEscrow(state, facts, chain, body.epoch)
  for (const [hash, commit] of state.commits) if (commit.body.epoch < body.epoch) state.commits.delete(hash)
}
