import {
  GstdError,
  type Inclusion,
  type KnownAnswer,
  type LogBody,
  type LogEntry,
  type NetworkParameters,
  parametersDocument,
  type Proof,
  type Receipt,
  type ReceiptPayment,
  type ReceiptSeat,
  type SignedBatch,
  type SignedCertificate,
  type SignedHead,
  type TaskDescriptor,
  toHex,
  type WorkOrder,
} from '@gstd/sdk'
import type { Journal } from '../log/journal.ts'

type StoredTask = {
  descriptor: TaskDescriptor
  batch: SignedBatch
  inclusion: Inclusion
  known_answer: KnownAnswer | null
  result: unknown[] | null
  verdict_index: number | null
}

type StoredSeat = {
  certificate: SignedCertificate
  work_order: WorkOrder
  order_batch: SignedBatch
  order_inclusion: Inclusion
  commitment: string
  salt: string
  proof: Proof
  proof_batch: SignedBatch
  proof_inclusion: Inclusion
}

const toReceiptSeat = (seat: StoredSeat): ReceiptSeat => ({
  certificate: seat.certificate,
  order: seat.work_order,
  order_batch: seat.order_batch,
  order_inclusion: seat.order_inclusion,
  commitment: seat.commitment,
  salt: seat.salt,
  proof: seat.proof,
  proof_batch: seat.proof_batch,
  proof_inclusion: seat.proof_inclusion,
})

export type ReceiptOptions = {
  journal: Journal
  parameters: NetworkParameters
  head: SignedHead | undefined
  /** The part of the receipt that the task's epoch adds, once it is committed. */
  payment: (taskId: string) => Promise<ReceiptPayment | undefined>
}

type LoggedParameters = { body: { parameters: NetworkParameters } }

const toVerdict = (entry: LogEntry | undefined, index: number): Receipt['verdict'] => {
  if (entry?.kind !== 'verdict') throw new Error(`log entry ${index} is no verdict`)
  return { index: entry.index, at: entry.at, kind: entry.kind, body: entry.body }
}

/** The parameters that the verdict names: they may have been replaced since. */
const judgedBy = async (verdict: Receipt['verdict'], { journal, parameters }: ReceiptOptions) => {
  const body = verdict.body as LogBody<'verdict'>
  if (parametersDocument.id(parameters) === body.parameters_hash) return parameters
  const logged = await journal.query<LoggedParameters>(`SELECT body FROM log WHERE kind = 'parameters' ORDER BY index`)
  const found = logged.find((entry) => parametersDocument.id(entry.body.parameters) === body.parameters_hash)
  if (found === undefined) throw new Error(`the parameters ${body.parameters_hash} were never logged`)
  return found.body.parameters
}

/**
 * Gathers everything that proves a task, from its descriptor to its payment.
 *
 * @throws GstdError `TASK_UNKNOWN`; `RECEIPT_NOT_READY` until the auditor's head covers the verdict
 */
export const buildReceipt = async (requester: string, taskId: string, options: ReceiptOptions): Promise<Receipt> => {
  const { journal, parameters, head } = options
  const [task] = await journal.query<StoredTask>(
    'SELECT descriptor, batch, inclusion, known_answer, result, verdict_index FROM tasks WHERE task_id = $1 AND requester = $2',
    [taskId, requester],
  )
  if (task === undefined) throw new GstdError('TASK_UNKNOWN', `no task ${taskId} belongs to this requester`)
  const index = task.verdict_index
  if (index === null || head === undefined || head.head.size <= index) {
    throw new GstdError('RECEIPT_NOT_READY', 'the task has no verdict yet that the auditor’s signature covers', {
      details: { task_id: taskId },
    })
  }
  const seats = await journal.query<StoredSeat>(
    `SELECT * FROM seats WHERE task_id = $1 AND state = 'closed' ORDER BY attempt`,
    [taskId],
  )
  const verdict = toVerdict((await journal.entries(index, 1))[0], index)
  const payment = await options.payment(taskId)
  return {
    version: 1,
    network: parameters.network,
    vault: parameters.vault,
    descriptor: task.descriptor,
    descriptor_batch: task.batch,
    descriptor_inclusion: task.inclusion,
    ...(task.known_answer !== null && { known_answer: task.known_answer }),
    ...(task.result !== null && { result: task.result }),
    seats: seats.map(toReceiptSeat),
    verdict,
    verdict_path: journal.tree.path(index, head.head.size).map(toHex),
    head,
    parameters: await judgedBy(verdict, options),
    ...(payment !== undefined && { payment }),
  }
}
