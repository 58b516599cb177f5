import {
  type DeviceRecord,
  leavesOf,
  type LogBody,
  type LogTree,
  reputationLeavesOf,
  reputationOf,
  reputationRootOf,
  type RequesterRecord,
  requesterReputationOf,
  settleEpoch,
  type SettledTask,
  tasksRootOf,
  toHex,
} from '@gstd/sdk'
import { chargeCellOf, commitCellOf, payoutBatchesOf, unpaidPayouts } from '@gstd/sdk/contracts'
import type { LoggedTask } from './createHistory.ts'
import { coordinator, escrowOf, origin, parameters, requester } from './parties.ts'
import { authorise } from './taskBody.ts'

const VALIDITY_SEC = 300

/** Signs a charge, or signs an altered one anew. */
export const signCharge = async (charge: LogBody<'charge'>, signer = coordinator): Promise<LogBody<'charge'>> => ({
  ...charge,
  coordinator_signature: await signer.sign(chargeCellOf(charge, origin).hash()),
})

/** Signs a commit, or signs an altered one anew. */
export const signCommit = async (commit: LogBody<'commit'>, signer = coordinator): Promise<LogBody<'commit'>> => ({
  ...commit,
  coordinator_signature: await signer.sign(commitCellOf(commit, origin).hash()),
})

const verdictOf = ({ verdict, descriptor }: LoggedTask): LogBody<'verdict'> => {
  if (verdict === undefined) throw new Error(`task ${descriptor.task_id} has no verdict`)
  return verdict
}

export type ChargePlan = {
  epoch: number
  charged: readonly LoggedTask[]
  previousNano: bigint
  earlierTasks: number
  nowMs: number
}

/** Charges the requester of these tests for tasks with a verdict. */
export const chargeBody = async (plan: ChargePlan): Promise<LogBody<'charge'>> => {
  const { epoch, charged, previousNano, earlierTasks, nowMs } = plan
  const verdicts = charged.map(verdictOf)
  const cumulativeNano = verdicts.reduce((sum, { charged_nano }) => sum + BigInt(charged_nano), previousNano)
  return signCharge({
    escrow: escrowOf(requester),
    requester,
    epoch,
    previous_charged_nano: previousNano.toString(),
    cumulative_nano: cumulativeNano.toString(),
    task_ids: verdicts.map(({ task_id }) => task_id),
    tasks: earlierTasks + verdicts.length,
    tasks_root: tasksRootOf(verdicts.flatMap(leavesOf)),
    authorisation: await authorise(requester),
    valid_until_sec: Math.floor(nowMs / 1000) + VALIDITY_SEC,
    coordinator_signature: '00'.repeat(64),
  })
}

export type CommitPlan = {
  epoch: number
  charges: readonly { body: LogBody<'charge'> }[]
  commits: readonly LogBody<'commit'>[]
  /** How epochs ended that were not paid in full. */
  ends: { vetoed: ReadonlySet<number>; unpaidFrom: ReadonlyMap<number, string>; reclaimed: ReadonlySet<string> }
  tasks: ReadonlyMap<string, LoggedTask>
  records: ReadonlyMap<string, DeviceRecord>
  requesters: ReadonlyMap<string, RequesterRecord>
  tree: LogTree
  nowMs: number
}

const settledTask = (task: LoggedTask | undefined): SettledTask => {
  if (task === undefined) throw new Error('the charge names no task of this history')
  return {
    verdict: verdictOf(task),
    payoutAddress: (attempt) =>
      task.executions[attempt - 1]?.device.certificate.certificate.payout_address ?? `no attempt ${attempt}`,
  }
}

/** Pays an epoch's charges. */
export const commitBody = async (plan: CommitPlan): Promise<LogBody<'commit'>> => {
  const { epoch, charges, commits, tasks, records, tree, nowMs, ends } = plan
  let before = epoch - 1
  while (ends.vetoed.has(before)) before -= 1
  const last = commits.findLast((commit) => commit.epoch === before)
  const given = ends.unpaidFrom.get(before)
  const own = charges
    .filter(({ body }) => body.epoch > before && body.epoch <= epoch)
    .filter(({ body }) => !ends.reclaimed.has(chargeCellOf(body, origin).hash().toString('hex')))
    .flatMap(({ body }) => body.task_ids)
  const settled = settleEpoch({
    tasks: own.map((taskId) => settledTask(tasks.get(taskId))),
    owedBefore: [
      ...(last?.owed ?? []),
      ...(given === undefined || last === undefined ? [] : (unpaidPayouts(last, given) ?? [])),
    ],
    minimumPayoutNano: BigInt(parameters.minimum_payout_nano),
    operatorAddress: parameters.operator_address,
  })
  const reputations = [...records]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([device_id, record]) => ({ device_id, reputation: reputationOf(record) }))
  const requesters = [...plan.requesters]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, record]) => ({ requester: address, reputation: requesterReputationOf(record) }))
  return signCommit({
    epoch,
    head: payoutBatchesOf(settled).head,
    total_nano: settled.totalNano.toString(),
    owed_after_nano: settled.owedAfterNano.toString(),
    tasks: settled.tasks,
    tasks_root: settled.tasksRoot,
    reputation_root: reputationRootOf(reputationLeavesOf({ reputations, requesters })),
    log_root: toHex(tree.root()),
    log_size: tree.size,
    payouts: settled.payouts,
    owed: settled.owed,
    reputations,
    requesters,
    valid_until_sec: Math.floor(nowMs / 1000) + VALIDITY_SEC,
    coordinator_signature: '00'.repeat(64),
  })
}
