import {
  computeReservation,
  GstdError,
  type KnownAnswer,
  maxDevicesOf,
  type NetworkParameters,
  parseAmount,
  redundancyOf,
  type SubmissionOutcome,
  toGstdError,
  toHex,
} from '@gstd/sdk'
import { type CheckedDescriptor, checkDescriptor } from './checkDescriptor.ts'
import type { VerifiedSubmission } from './verifySubmission.ts'

/** A task that passed every check of its own and waits for the batch's. */
export type Candidate = CheckedDescriptor & {
  /** Place in the batch. */
  index: number
  hash: string
  reservedNano: bigint
  knownAnswer: KnownAnswer | undefined
}

export type PricedItem = { outcome: SubmissionOutcome } | { candidate: Candidate }

export const acceptedOutcome = (taskId: string, repeated: boolean): SubmissionOutcome => ({
  task_id: taskId,
  status: 'accepted',
  ...(repeated && { repeated }),
})

export const refusedOutcome = (taskId: string, thrown: unknown): SubmissionOutcome => {
  return { task_id: taskId, status: 'refused', error: toGstdError(thrown).toDocument() }
}

/** @returns the outcome of a task that is known already: the same bytes are fine, others are a conflict. */
export const repeatOutcome = (taskId: string, hash: string, knownHash: string): SubmissionOutcome =>
  knownHash === hash
    ? acceptedOutcome(taskId, true)
    : refusedOutcome(
        taskId,
        new GstdError('TASK_CONFLICT', 'a task with this id exists with other bytes', {
          details: { task_id: taskId, path: 'task_id' },
        }),
      )

/**
 * Checks and prices every item of a batch by itself.
 *
 * @param known - descriptor hashes of task ids that exist already; looked up before any clock check
 */
export const priceItems = (
  submission: VerifiedSubmission,
  known: ReadonlyMap<string, string>,
  context: { parameters: NetworkParameters; allowLoopback: boolean; nowMs: number },
): PricedItem[] => {
  const seen = new Map(known)
  return submission.items.map(({ descriptor, known_answer: knownAnswer }, index) => {
    const hash = toHex(submission.hashes[index] ?? new Uint8Array())
    const { task_id: taskId } = descriptor
    const earlier = seen.get(taskId)
    if (earlier !== undefined) return { outcome: repeatOutcome(taskId, hash, earlier) }
    seen.set(taskId, hash)
    try {
      const checked = checkDescriptor(descriptor, knownAnswer, context)
      const price = {
        validation: descriptor.validation,
        baseNano: parseAmount(descriptor.reward.amount_ton),
        tariffNano: BigInt(context.parameters.tariff_nano),
        redundancy: redundancyOf(descriptor),
        maxDevices: maxDevicesOf(descriptor),
      }
      const reservedNano = computeReservation(price, context.parameters.rates)
      return { candidate: { ...checked, index, hash, reservedNano, knownAnswer } }
    } catch (thrown) {
      return { outcome: refusedOutcome(taskId, thrown) }
    }
  })
}
