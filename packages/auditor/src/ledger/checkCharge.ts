import { leavesOf, type LogBody, tasksRootOf, verifyAuthorisation, verifySignature } from '@gstd/sdk'
import { chargeCellOf } from '@gstd/sdk/contracts'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import type { EscrowFacts, LedgerState, VerdictFacts } from './ledgerState.ts'
import { expectEqual, known, refuse } from './refuse.ts'

type Charge = LogBody<'charge'>

/** The verdicts that a charge is for: valid, of this escrow, each once. */
const verdictsOf = (state: LedgerState, { escrow, requester, task_ids: ids }: Charge): VerdictFacts[] => {
  const twice = ids.find((taskId, at) => ids.indexOf(taskId) !== at)
  if (twice !== undefined) refuse('the charge names a task twice', { task_id: twice })
  return ids.map((taskId) => {
    if (state.ended.has(taskId)) refuse('nothing is due for the task any more', { task_id: taskId })
    const task = known(state.tasks.get(taskId), 'no valid task has this id', { task_id: taskId })
    expectEqual(`the escrow of task ${taskId}`, task.escrow, escrow)
    expectEqual(`the requester of task ${taskId}`, task.requester, requester)
    return known(task.verdict, 'the task has no valid verdict', { task_id: taskId })
  })
}

const checkAuthorised = async (charge: Charge, escrow: EscrowFacts, network: number): Promise<void> => {
  const { authorisation, cumulative_nano: cumulative } = charge
  expectEqual('authorisation.escrow', authorisation.escrow, charge.escrow)
  await verifyAuthorisation(authorisation, network)
  if (!escrow.keys.has(authorisation.public_key)) {
    refuse('the charge is authorised by a key that no task of the escrow was submitted with')
  }
  if (BigInt(authorisation.max_cumulative_nano) < BigInt(cumulative)) {
    refuse('the charge is over what was authorised', {
      max_cumulative_nano: authorisation.max_cumulative_nano,
      cumulative,
    })
  }
}

const checkSums = (charge: Charge, verdicts: readonly VerdictFacts[]): void => {
  const deltaNano = verdicts.reduce((sum, { body }) => sum + BigInt(body.charged_nano), 0n)
  const expected = BigInt(charge.previous_charged_nano) + deltaNano
  expectEqual('cumulative_nano', charge.cumulative_nano, expected.toString())
  expectEqual('tasks_root', charge.tasks_root, tasksRootOf(verdicts.flatMap(({ body }) => leavesOf(body))))
}

/**
 * What the log alone says of a charge: signed by the coordinator, for verdicts of this escrow, to the nano, within what
 * the requester authorised. Whether it may be co-signed now is `judgeCharge`'s business.
 */
export const checkCharge: CheckEntry<'charge'> = async ({ index, body }, { state, origin }) => {
  const { coordinator_key: coordinatorKey } = parametersOf(state).document
  const hash = chargeCellOf(body, origin).hash()
  if (!(await verifySignature(coordinatorKey, hash, body.coordinator_signature))) {
    refuse('the charge is not signed by the coordinator')
  }
  const cellHash = hash.toString('hex')
  if (state.charges.has(cellHash)) refuse('the charge was logged before')
  const escrow = known(state.escrows.get(body.escrow), 'the escrow has no valid task', { escrow: body.escrow })
  expectEqual('the requester of the escrow', body.requester, escrow.requester)
  const verdicts = verdictsOf(state, body)
  checkSums(body, verdicts)
  await checkAuthorised(body, escrow, origin.network)
  state.charges.set(cellHash, { index, hash: cellHash, body, status: 'proposed', logged: false })
}
