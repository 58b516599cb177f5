import { canonicalBytes } from '../canonical/canonicalJson.ts'
import type { Signer } from '../crypto/ed25519.ts'
import type { Authorisation } from '../documents/authorisation.ts'
import { type SignedBatch, signBatch } from '../documents/batch.ts'
import { limits } from '../documents/checkLimits.ts'
import { descriptorDocument } from '../documents/descriptor.ts'
import type { Origin } from '../documents/fields.ts'
import type { Submission } from '../documents/submission.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { BuiltTask } from './buildTask.ts'

/** Header, signature and authorisation around the items of a batch stay well under this. */
const ENVELOPE_BYTES = 4096

const submissionItem = ({ descriptor, knownAnswer }: BuiltTask): Submission['items'][number] => ({
  descriptor,
  ...(knownAnswer !== undefined && { known_answer: knownAnswer }),
})

const MAX_ITEMS_BYTES = limits.batchBytes - ENVELOPE_BYTES

/** A task and the bytes that it takes in a batch. */
export type MeasuredTask = { task: BuiltTask; bytes: number }

/**
 * Measures what a task takes in a batch.
 *
 * @throws GstdError `DOCUMENT_TOO_LARGE` when it alone is over the limit
 */
export const measureTask = (task: BuiltTask): MeasuredTask => {
  const bytes = canonicalBytes(submissionItem(task)).length + 1
  if (bytes <= MAX_ITEMS_BYTES) return { task, bytes }
  throw new GstdError(
    'DOCUMENT_TOO_LARGE',
    `task ${task.descriptor.task_id} has ${bytes} bytes, a batch at most ${MAX_ITEMS_BYTES}`,
    { details: { path: '', bytes, limit_bytes: MAX_ITEMS_BYTES } },
  )
}

/** Splits tasks, in order, into batches that intake takes: at most 1,024 items and 4 MiB each. */
export const groupIntoBatches = (tasks: readonly MeasuredTask[]): BuiltTask[][] => {
  const batches: BuiltTask[][] = []
  let current: BuiltTask[] = []
  let currentBytes = 0
  for (const { task, bytes } of tasks) {
    if (current.length > 0 && (current.length === limits.batchItems || currentBytes + bytes > MAX_ITEMS_BYTES)) {
      batches.push(current)
      current = []
      currentBytes = 0
    }
    current.push(task)
    currentBytes += bytes
  }
  if (current.length > 0) batches.push(current)
  return batches
}

/** Signs the descriptors of one batch with the session key, for one coordinator. */
export const signTasks = async (
  tasks: readonly BuiltTask[],
  options: { origin: Origin; sessionKey: Signer; coordinatorKey: string; nowMs: number },
): Promise<SignedBatch> => {
  const { batch } = await signBatch({
    kind: 'descriptor',
    origin: options.origin,
    signer: options.sessionKey,
    recipient: options.coordinatorKey,
    hashes: tasks.map(({ descriptor }) => descriptorDocument.hash(descriptor)),
    timestamp: options.nowMs,
  })
  return batch
}

/** @returns the body of `POST /api/v1/tasks`, canonical JSON: sending the same bytes again changes nothing. */
export const submissionBytes = (
  tasks: readonly BuiltTask[],
  batch: SignedBatch,
  authorisation: Authorisation,
): Uint8Array<ArrayBuffer> => {
  const submission: Submission = { batch, authorisation, items: tasks.map(submissionItem) }
  return canonicalBytes(submission)
}
