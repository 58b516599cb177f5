import { signAuthorisation } from '../documents/authorisation.ts'
import type { EscrowView, SubmissionOutcome } from '../documents/taskView.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import { reviveError } from '../errors/toGstdError.ts'
import { submissionAnswerSchema } from './answers.ts'
import { signTasks, submissionBytes } from './buildSubmission.ts'
import { type BuiltTask, type PriceParameters, reservationOf } from './buildTask.ts'
import type { Connection } from './connection.ts'
import { readEscrow } from './readCalls.ts'

type Signal = AbortSignal | undefined

/** Other processes of the same requester may submit between the look at the escrow and the batch. */
const MAX_AUTHORISATIONS = 4
const SUBMIT_TIMEOUT_MS = 60_000
const PARALLEL_UPLOADS = 4

/** What is wrong with one file, not with whoever sends it. */
const FILE_CODES: ReadonlySet<string> = new Set<ErrorCode>(['DOCUMENT_TOO_LARGE', 'INPUT_HASH_MISMATCH'])

/** What intake checks item by item (protocol, submission). */
const ITEM_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'TASK_CONFLICT',
  'DESCRIPTOR_EXPIRED',
  'FEATURE_NOT_OFFERED',
  'OPERATION_UNKNOWN',
  'MODEL_UNKNOWN',
  'MODEL_NOT_ALLOWED',
  'PARAMS_INVALID',
  'LIMITS_OUT_OF_RANGE',
  'INPUT_SOURCE_REFUSED',
  'INPUT_HASH_MISMATCH',
  'REFERENCE_INVALID',
  'ESCROW_INSUFFICIENT',
])

/** What became of one task of a batch. */
export type ItemOutcome = { repeated: boolean; error?: GstdError }

const outcomeOf = ({ status, repeated = false, error }: SubmissionOutcome): ItemOutcome =>
  status === 'refused' ? { repeated, error: reviveError(error) } : { repeated }

/**
 * Puts the files of a batch into the coordinator's spool, each once.
 *
 * @returns the files that it refused, by their SHA-256
 */
const upload = async (
  tasks: readonly BuiltTask[],
  { transport }: Connection,
  signal: Signal,
): Promise<Map<string, GstdError>> => {
  const waiting = [...new Map(tasks.flatMap(({ uploads }) => [...uploads]))]
  const refused = new Map<string, GstdError>()
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const [sha256Hex, bytes] = file
      const path = `/api/v1/blobs/${sha256Hex}`
      try {
        await transport.json({ method: 'PUT', path, body: new Uint8Array(bytes), signed: true, signal })
      } catch (thrown) {
        if (!(thrown instanceof GstdError) || !FILE_CODES.has(thrown.code)) throw thrown
        refused.set(sha256Hex, thrown)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL_UPLOADS, waiting.length) }, work))
  return refused
}

/**
 * The most that may ever have been charged, in nano, once `reservedNano` more is taken in (protocol §4):
 * charged + accepted + reserved + this batch.
 */
const authorisedSum = (view: EscrowView, reservedNano: bigint): bigint =>
  BigInt(view.charged_nano) + BigInt(view.accepted_nano) + BigInt(view.reserved_nano) + reservedNano

/** One batch of tasks whose files are in the spool. */
const post = async (
  tasks: readonly BuiltTask[],
  parameters: PriceParameters,
  connection: Connection,
  signal: Signal,
): Promise<SubmissionOutcome[]> => {
  const { transport, origin, sessionKey, coordinatorKey } = connection
  const batch = await signTasks(tasks, { origin, sessionKey, coordinatorKey, nowMs: Date.now() })
  const reservedNano = tasks.reduce((sum, { descriptor }) => sum + reservationOf(descriptor, parameters), 0n)
  for (let tries = 1; ; tries++) {
    const view = await readEscrow(connection, signal)
    const authorisation = await signAuthorisation(
      { network: origin.network, escrow: view.escrow, maxCumulativeNano: authorisedSum(view, reservedNano) },
      sessionKey,
    )
    const body = submissionBytes(tasks, batch, authorisation)
    try {
      const answer = await transport.json({
        method: 'POST',
        path: '/api/v1/tasks',
        body,
        timeoutMs: SUBMIT_TIMEOUT_MS,
        signal,
      })
      return parseWith(submissionAnswerSchema, answer, 'PEER_ERROR', 'the answer to the submission').outcomes
    } catch (thrown) {
      const overtaken = thrown instanceof GstdError && thrown.code === 'AUTHORISATION_TOO_LOW'
      if (!overtaken || tries === MAX_AUTHORISATIONS) throw thrown
    }
  }
}

/**
 * Submits one batch: files into the spool, one signature over the descriptors, an authorisation for their sum. The
 * same bytes are sent again when no answer comes; intake takes a task once.
 *
 * @returns the outcomes by task id: those of the spool for tasks whose files it refused, for the others intake's
 * @throws GstdError of intake when the batch as a whole is refused
 */
export const sendBatch = async (
  tasks: readonly BuiltTask[],
  parameters: PriceParameters,
  connection: Connection,
  signal: Signal,
): Promise<Map<string, ItemOutcome>> => {
  const outcomes = new Map<string, ItemOutcome>()
  const refusedFiles = await upload(tasks, connection, signal)
  for (const { descriptor, uploads } of tasks) {
    const error = [...uploads.keys()].map((file) => refusedFiles.get(file)).find((refusal) => refusal !== undefined)
    if (error !== undefined) outcomes.set(descriptor.task_id, { repeated: false, error })
  }
  const rest = tasks.filter(({ descriptor }) => !outcomes.has(descriptor.task_id))
  const [first] = rest
  if (first === undefined) return outcomes
  try {
    for (const outcome of await post(rest, parameters, connection, signal))
      outcomes.set(outcome.task_id, outcomeOf(outcome))
  } catch (thrown) {
    // The refusal of a lone item is the answer's own status, as one of the whole batch would be.
    const isItems = rest.length === 1 && thrown instanceof GstdError && ITEM_CODES.has(thrown.code)
    if (!isItems) throw thrown
    outcomes.set(first.descriptor.task_id, { repeated: false, error: thrown })
  }
  return outcomes
}
