import { signAuthorisation } from '../documents/authorisation.ts'
import type { EscrowView, SubmissionOutcome } from '../documents/taskView.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
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

/** Puts the files of a batch into the coordinator's spool, each once. */
const upload = async (tasks: readonly BuiltTask[], { transport }: Connection, signal: Signal): Promise<void> => {
  const waiting = [...new Map(tasks.flatMap(({ uploads }) => [...uploads]))]
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const [sha256Hex, bytes] = file
      const path = `/api/v1/blobs/${sha256Hex}`
      await transport.json({ method: 'PUT', path, body: new Uint8Array(bytes), signed: true, signal })
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL_UPLOADS, waiting.length) }, work))
}

/**
 * The most that may ever have been charged, in nano, once `reservedNano` more is taken in (protocol §4):
 * charged + accepted + reserved + this batch.
 */
const authorisedSum = (view: EscrowView, reservedNano: bigint): bigint =>
  BigInt(view.charged_nano) + BigInt(view.accepted_nano) + BigInt(view.reserved_nano) + reservedNano

/**
 * Submits one batch: files into the spool, one signature over the descriptors, an authorisation for their sum. The
 * same bytes are sent again when no answer comes; intake takes a task once.
 *
 * @returns the outcomes as the coordinator says them
 * @throws GstdError of intake when the batch as a whole is refused
 */
export const sendBatch = async (
  tasks: readonly BuiltTask[],
  parameters: PriceParameters,
  connection: Connection,
  signal: Signal,
): Promise<SubmissionOutcome[]> => {
  const { transport, origin, sessionKey, coordinatorKey } = connection
  await upload(tasks, connection, signal)
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
