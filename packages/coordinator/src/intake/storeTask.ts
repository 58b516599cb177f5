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

/** Writes a task, its open seats and its log entry. */
export const storeTask = async (
  unit: Unit,
  candidate: Candidate,
  inclusion: Inclusion,
  context: StoreContext,
): Promise<void> => {
  const { submission, parameters, nowMs, requesterReputation } = context
  const { descriptor, manifest, inlineData, hash, reservedNano, knownAnswer } = candidate
  const gstdBalance = balanceShare(context.gstdNano)
  const rewardAmount = rewardShare(parseAmount(descriptor.reward.amount_ton))
  const standing = { gstdBalance, rewardAmount, taskUrgency: 0, requesterReputation }
  const signed = signedDescriptor(descriptor)
  await unit.query(
    `INSERT INTO tasks (task_id, descriptor_hash, descriptor, inline_data, batch, inclusion, requester, escrow,
       operation, model, method, status, gstd_share, reward_share, requester_reputation, static_priority,
       received_at, deadline, dispatch_until, tariff_nano, reserved_nano, known_answer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    [
      descriptor.task_id,
      hash,
      JSON.stringify(signed),
      JSON.stringify(inlineData),
      JSON.stringify(submission.batch),
      JSON.stringify(inclusion),
      submission.requester,
      context.escrowAddress,
      descriptor.operation,
      manifest.id,
      descriptor.validation,
      gstdBalance,
      rewardAmount,
      requesterReputation,
      computePriority(standing, parameters.weights.priority),
      nowMs,
      deadlineOf(descriptor),
      dispatchUntil(descriptor),
      parameters.tariff_nano,
      reservedNano.toString(),
      knownAnswer === undefined ? null : JSON.stringify(knownAnswer),
    ],
  )
  await unit.query(
    `INSERT INTO seats (task_id, seat, state) SELECT $1, seat, 'open' FROM generate_series(1, $2::int) AS seat`,
    [descriptor.task_id, firstSeats(candidate)],
  )
  unit.log('task', {
    descriptor: signed,
    batch: submission.batch,
    inclusion,
    authorisation: submission.authorisation,
    reserved_nano: reservedNano.toString(),
    tariff_nano: parameters.tariff_nano,
    known_answer: knownAnswer !== undefined,
  })
}
