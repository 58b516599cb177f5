import {
  codes,
  epochListAnswerSchema,
  escrowViewSchema,
  knownAnswerSchema,
  logEntrySchema,
  parametersSchema,
  receiptSchema,
  signedHeadSchema,
  submissionOutcomeSchema,
  submissionSchema,
  taskViewSchema,
  taskWaitSchema,
  walletProofSchema,
} from '@gstd/sdk'
import { z } from 'zod'
import { cosignatureSchema, refusalBodySchema } from '../routes/auditorRoutes.ts'

const size = z.int().nonnegative()
const unixMs = z.int().nonnegative()
const finding = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
])

/** An entry in its place, as `GET /api/v1/log` shows it. */
const placedEntry = z.union(logEntrySchema.options.map((option) => option.extend({ index: size, at: unixMs })))

/** Every body that a route takes or gives, by the name it has in the description. */
export const namedSchemas = {
  Error: z.strictObject({
    code: z.enum(Object.keys(codes)),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    hint: z.string().optional(),
    request_id: z.string().optional(),
  }),
  Health: z.strictObject({ status: z.literal('ok') }),
  Readiness: z.strictObject({
    status: z.enum(['ready', 'not_ready']),
    checks: z.strictObject({ database: finding, auditor: finding, chain: finding, intake: finding }),
  }),
  Parameters: z.strictObject({ parameters: parametersSchema, coordinator_signature: z.string() }),
  LogEntry: placedEntry,
  LogPage: z.strictObject({ entries: z.array(placedEntry), size, awaits_head: z.literal(true).optional() }),
  SignedHead: signedHeadSchema,
  LogHead: z.strictObject({ size, head: signedHeadSchema.nullable() }),
  EpochList: epochListAnswerSchema,
  Challenge: z.strictObject({ payload: z.string(), domain: z.string(), expires_at: unixMs }),
  WalletProof: walletProofSchema,
  ReadToken: z.strictObject({ token: z.string(), requester: z.string(), expires_at: unixMs }),
  SpooledBlob: z.strictObject({ sha256: z.string() }),
  Submission: submissionSchema,
  SubmissionOutcomes: z.strictObject({ outcomes: z.array(submissionOutcomeSchema) }),
  Task: taskViewSchema,
  TaskList: z.strictObject({ tasks: z.array(taskViewSchema) }),
  TaskWait: taskWaitSchema,
  Receipt: receiptSchema,
  Escrow: escrowViewSchema,
  HeadTaken: z.strictObject({ size }),
  Cosignature: cosignatureSchema,
  Refusal: refusalBodySchema,
  Nothing: z.strictObject({}),
  Evidence: z.strictObject({
    known_answer: knownAnswerSchema.nullable(),
    results: z.array(z.strictObject({ attempt: size, result: z.array(z.unknown()) })),
  }),
  OpenApi: z.object({ openapi: z.literal('3.1.0') }),
} satisfies Record<string, z.ZodType>

export type SchemaName = keyof typeof namedSchemas
