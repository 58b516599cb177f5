import {
  balanceShare,
  computePriority,
  deadlineOf,
  type Inclusion,
  type NetworkParameters,
  parseAmount,
  redundancyOf,
  rewardShare,
  signedDescriptor,
} from '@gstd/sdk'
import type { Unit } from '../log/journal.ts'
import type { NewTaskRow } from '../tasks/taskRow.ts'
import { dispatchUntil } from './checkDescriptor.ts'
import type { Candidate } from './priceItems.ts'
import type { VerifiedSubmission } from './verifySubmission.ts'

/** What a batch's tasks have in common. */
export type StoreContext = {
  submission: VerifiedSubmission
  parameters: NetworkParameters
  escrowAddress: string
  gstdNano: bigint
  requesterReputation: number
  nowMs: number
}

/** Seats a task starts with: `majority`'s votes; for `reference` two voices, of which a known answer is one. */
const firstSeats = ({ descriptor, knownAnswer }: Candidate): number => {
  if (descriptor.validation === 'majority') return redundancyOf(descriptor)
  return knownAnswer === undefined ? 2 : 1
}

/** Adds a task, its open seats and its log entry. */
export const storeTask = (unit: Unit, candidate: Candidate, inclusion: Inclusion, context: StoreContext): void => {
  const { submission, parameters, nowMs, requesterReputation } = context
  const { descriptor, manifest, inlineData, hash, reservedNano, knownAnswer, method } = candidate
  const gstdBalance = balanceShare(context.gstdNano)
  const rewardAmount = rewardShare(parseAmount(descriptor.reward.amount_ton))
  const standing = { gstdBalance, rewardAmount, taskUrgency: 0, requesterReputation }
  const signed = signedDescriptor(descriptor)
  const { batch, authorisation, requester } = submission
  const task: NewTaskRow = {
    task_id: descriptor.task_id,
    descriptor_hash: hash,
    descriptor: signed,
    inline_data: inlineData,
    batch,
    inclusion,
    requester,
    escrow: context.escrowAddress,
    operation: descriptor.operation,
    model: manifest.id,
    method,
    gstd_share: gstdBalance,
    reward_share: rewardAmount,
    requester_reputation: requesterReputation,
    static_priority: computePriority(standing, parameters.weights.priority),
    received_at: nowMs,
    deadline: deadlineOf(descriptor),
    dispatch_until: dispatchUntil(descriptor),
    tariff_nano: parameters.tariff_nano,
    reserved_nano: reservedNano.toString(),
    known_answer: knownAnswer ?? null,
  }
  unit.add(task, firstSeats(candidate))
  unit.log('task', {
    descriptor: signed,
    batch,
    inclusion,
    authorisation,
    reserved_nano: task.reserved_nano,
    tariff_nano: task.tariff_nano,
    known_answer: knownAnswer !== undefined,
  })
}
