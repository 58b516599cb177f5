import { z } from 'zod'
import { signedHeadSchema } from '../log/logHead.ts'
import { inclusionSchema, signedBatchSchema } from './batch.ts'
import { loggedCertificateSchema } from './certificate.ts'
import { defineDocument } from './defineDocument.ts'
import { descriptorSchema } from './descriptor.ts'
import { count, hex16, hex32, hex64, nanoString, origin } from './fields.ts'
import { parametersSchema } from './parameters.ts'
import { proofSchema } from './proof.ts'
import { knownAnswerSchema } from './referenceCommitment.ts'
import { workOrderSchema } from './workOrder.ts'

/** One execution with everything that proves it. */
const receiptSeatSchema = z.strictObject({
  certificate: loggedCertificateSchema,
  order: workOrderSchema,
  order_batch: signedBatchSchema,
  order_inclusion: inclusionSchema,
  commitment: hex32,
  salt: hex32,
  proof: proofSchema,
  proof_batch: signedBatchSchema,
  proof_inclusion: inclusionSchema,
})

/** Where the task's leaves stand in the epoch that paid them, and what both keys signed for that epoch. */
const receiptPaymentSchema = z.strictObject({
  epoch: count,
  leaves: z.array(
    z.strictObject({ device_id: hex16, attempt: count, amount_nano: nanoString, inclusion: inclusionSchema }),
  ),
  tasks_root: hex32,
  leaf_count: count,
  /** Cell fields of the commit, as signed. */
  commit: z.strictObject({
    head: hex32,
    total_nano: nanoString,
    owed_after_nano: nanoString,
    tasks: count,
    reputation_root: hex32,
    log_root: hex32,
    valid_until_sec: count,
    coordinator_signature: hex64,
    auditor_signature: hex64,
  }),
})

/** All that a third party needs to check a task from its descriptor to its payment, without the coordinator. */
export const receiptSchema = z.strictObject({
  ...origin,
  descriptor: descriptorSchema,
  descriptor_batch: signedBatchSchema,
  descriptor_inclusion: inclusionSchema,
  /** The requester's own answer, where it gave one: a voice in the verdict. */
  known_answer: knownAnswerSchema.optional(),
  result: z.array(z.unknown()).optional(),
  seats: z.array(receiptSeatSchema),
  /** The verdict's log entry, its place under the auditor's head, and that head. */
  verdict: z.strictObject({ index: count, at: count, kind: z.literal('verdict'), body: z.unknown() }),
  verdict_path: z.array(hex32).max(64),
  head: signedHeadSchema,
  parameters: parametersSchema,
  payment: receiptPaymentSchema.optional(),
})

export type Receipt = z.output<typeof receiptSchema>
export type ReceiptSeat = z.output<typeof receiptSeatSchema>
export type ReceiptPayment = z.output<typeof receiptPaymentSchema>

export const receiptDocument = defineDocument('receipt', receiptSchema, 'RECEIPT_INVALID')
