import { z } from 'zod'
import { count, hex16, hex32, nanoString, unixMs } from './fields.ts'

/**
 * Where a task stands. `delivered` results are provisional; `accepted` is final: the auditor's signature covers the
 * verdict; `paid` when the epoch that pays it has been executed on chain.
 */
export const taskStatuses = ['queued', 'running', 'delivered', 'accepted', 'paid', 'failed', 'cancelled'] as const

export type TaskStatus = (typeof taskStatuses)[number]

export const errorViewSchema = z.strictObject({ code: z.string(), message: z.string() })

/** A task as `GET /api/v1/tasks/{task_id}` shows it to its requester. */
export const taskViewSchema = z.strictObject({
  task_id: z.uuidv4(),
  descriptor_hash: hex32,
  status: z.enum(taskStatuses),
  operation: z.string(),
  model: z.string(),
  validation: z.string(),
  created_at: unixMs,
  deadline: unixMs,
  reserved_nano: nanoString,
  charged_nano: nanoString.optional(),
  result: z.array(z.unknown()).optional(),
  result_hash: hex32.optional(),
  error: errorViewSchema.optional(),
  seats: z.array(
    z.strictObject({ attempt: count, device_id: hex16, state: z.string(), execution_time_ms: z.number().optional() }),
  ),
})

export const submissionOutcomeSchema = z.strictObject({
  task_id: z.string(),
  status: z.enum(['accepted', 'refused']),
  /** Present when the same bytes had been submitted before. */
  repeated: z.boolean().optional(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      hint: z.string().optional(),
    })
    .optional(),
})

/** An escrow as `GET /api/v1/escrows/{address}` shows it: what the next authorisation must cover. */
export const escrowViewSchema = z.strictObject({
  escrow: z.string(),
  requester: z.string(),
  balance_nano: nanoString,
  charged_nano: nanoString,
  /** Verdicts reached, not yet charged on chain. */
  accepted_nano: nanoString,
  reserved_nano: nanoString,
})

export type TaskView = z.output<typeof taskViewSchema>
export type SubmissionOutcome = z.output<typeof submissionOutcomeSchema>
export type EscrowView = z.output<typeof escrowViewSchema>
