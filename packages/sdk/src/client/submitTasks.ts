import type { SubmissionOutcome } from '../documents/taskView.ts'
import { GstdError } from '../errors/GstdError.ts'
import { reviveError } from '../errors/toGstdError.ts'
import { groupIntoBatches } from './buildSubmission.ts'
import { type BuiltTask, buildTask, reservationOf } from './buildTask.ts'
import type { Connection } from './connection.ts'
import { readParameters } from './readCalls.ts'
import { sendBatch } from './sendBatch.ts'
import type { TaskInput } from './taskInput.ts'

/** A task as intake took or refused it. */
export type SubmittedTask = {
  taskId: string
  status: 'accepted' | 'refused'
  /** Whether intake had it already. */
  repeated: boolean
  /** The most it may cost, in nano. */
  reservedNano: bigint
  /** Why it was refused. */
  error?: GstdError
}

/** Gives every task its descriptor, all of one moment. */
export const buildTasks = (tasks: readonly TaskInput[], connection: Connection): BuiltTask[] => {
  const context = {
    origin: connection.origin,
    requester: { address: connection.requester, public_key: connection.sessionKey.publicKey },
    spoolUri: (sha256Hex: string) => `${connection.url}/api/v1/blobs/${sha256Hex}`,
    nowMs: Date.now(),
  }
  return tasks.map((task) => buildTask(task, context))
}

const errorOf = (outcome: SubmissionOutcome | undefined): GstdError | undefined => {
  if (outcome === undefined) return new GstdError('PEER_ERROR', 'the coordinator said nothing of this task')
  return outcome.status === 'refused' ? reviveError(outcome.error) : undefined
}

/**
 * Submits tasks, batch after batch.
 *
 * @returns one outcome for each task, in order; tasks of a batch that was refused as a whole, and of those after it,
 * carry its error
 * @throws GstdError when the first batch is refused as a whole: nothing was taken
 */
export const submitTasks = async (
  tasks: readonly TaskInput[],
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<SubmittedTask[]> => {
  const batches = groupIntoBatches(buildTasks(tasks, connection))
  const parameters = await readParameters(connection, signal)
  const submitted: SubmittedTask[] = []
  let refusal: GstdError | undefined
  for (const batch of batches) {
    const outcomes = new Map<string, SubmissionOutcome>()
    try {
      if (refusal === undefined) {
        for (const outcome of await sendBatch(batch, parameters, connection, signal))
          outcomes.set(outcome.task_id, outcome)
      }
    } catch (thrown) {
      if (!(thrown instanceof GstdError) || submitted.length === 0) throw thrown
      refusal = thrown
    }
    for (const { descriptor } of batch) {
      const outcome = outcomes.get(descriptor.task_id)
      const error = refusal ?? errorOf(outcome)
      submitted.push({
        taskId: descriptor.task_id,
        status: error === undefined ? 'accepted' : 'refused',
        repeated: outcome?.repeated ?? false,
        reservedNano: reservationOf(descriptor, parameters),
        ...(error !== undefined && { error }),
      })
    }
  }
  return submitted
}
