import { z } from 'zod'
import { authorisationSchema } from '../documents/authorisation.ts'
import { inclusionSchema, signedBatchSchema } from '../documents/batch.ts'
import { loggedCertificateSchema } from '../documents/certificate.ts'
import { descriptorSchema } from '../documents/descriptor.ts'
import { count, hex16, hex32, hex64, nanoString, rawAddress } from '../documents/fields.ts'
import { parametersSchema } from '../documents/parameters.ts'
import { proofSchema } from '../documents/proof.ts'
import { workOrderSchema } from '../documents/workOrder.ts'

const taskId = z.uuidv4()
const attempt = z.int().min(1).max(255)
const reputation = z.number().min(0).max(1)
const entry = <Kind extends string, Body extends z.ZodRawShape>(kind: Kind, body: Body) =>
  z.strictObject({ kind: z.literal(kind), body: z.strictObject(body) })

/** One seat's part in a verdict, with all that recomputing its reward takes. */
export const verdictSeatSchema = z.strictObject({
  attempt,
  device_id: hex16,
  agreed: z.boolean(),
  proof_hash: hex32,
  result_hash: hex32,
  /** Time that counts for the bonus: what the coordinator saw less the measured round trip. */
  observed_ms: z.number().nonnegative(),
  /** Energy that counts: never below the model's floor. */
  counted_energy_mwh: z.number().nonnegative(),
  energy_attested: z.boolean(),
  device_reputation: reputation,
  reward_nano: nanoString,
})

export const payoutSchema = z.strictObject({ address: rawAddress, amount_nano: nanoString })

/** Why a seat's execution ended without an answer that counts. */
export const seatEndReasons = [
  'no_ack',
  'no_start',
  'time_out',
  'no_reveal',
  'no_attestation',
  'input_unavailable',
  'device_error',
  'invalid_proof',
] as const

/** What takes the auditor's signature beside the coordinator's. */
export const cosignedKinds = ['charge', 'commit', 'unfreeze', 'uncommit'] as const

export type CosignedKind = (typeof cosignedKinds)[number]

/** The kinds of entries of the coordinator's ordered log. Everything the auditor signs is derived from them. */
export const logEntrySchema = z.discriminatedUnion('kind', [
  entry('parameters', { parameters: parametersSchema, coordinator_signature: hex64 }),
  entry('device', { certificate: loggedCertificateSchema, independence_id: hex16 }),
  entry('task', {
    descriptor: descriptorSchema,
    batch: signedBatchSchema,
    inclusion: inclusionSchema,
    authorisation: authorisationSchema,
    reserved_nano: nanoString,
    tariff_nano: nanoString,
    known_answer: z.boolean(),
  }),
  entry('dispatch', {
    seat: count,
    order: workOrderSchema,
    batch: signedBatchSchema,
    inclusion: inclusionSchema,
    /** The device's last committed reputation, which pays this execution. */
    device_reputation: reputation,
  }),
  entry('commitment', { task_id: taskId, attempt, device_id: hex16, commitment: hex32, observed_ms: z.number() }),
  entry('reveal', { task_id: taskId, attempt, salt: hex32, proof: proofSchema }),
  entry('attestation', { device_id: hex16, batch: signedBatchSchema, proof_hashes: z.array(hex32).min(1) }),
  entry('seat_end', { task_id: taskId, attempt, device_id: hex16, reason: z.enum(seatEndReasons) }),
  entry('verdict', {
    task_id: taskId,
    descriptor_hash: hex32,
    outcome: z.enum(['accepted', 'failed']),
    /** Error code of a failed task. */
    reason: z.string().optional(),
    result_hash: hex32.optional(),
    seats: z.array(verdictSeatSchema),
    tariff_nano: nanoString,
    charged_nano: nanoString,
    parameters_hash: hex32,
  }),
  entry('charge', {
    escrow: rawAddress,
    requester: rawAddress,
    epoch: count,
    previous_charged_nano: nanoString,
    cumulative_nano: nanoString,
    task_ids: z.array(taskId).min(1),
    /** Tasks ever charged to this escrow, these included. */
    tasks: count,
    tasks_root: hex32,
    authorisation: authorisationSchema,
    valid_until_sec: count,
    coordinator_signature: hex64,
  }),
  entry('commit', {
    epoch: count,
    head: hex32,
    total_nano: nanoString,
    owed_after_nano: nanoString,
    tasks: count,
    tasks_root: hex32,
    reputation_root: hex32,
    log_root: hex32,
    log_size: count,
    payouts: z.array(payoutSchema),
    owed: z.array(payoutSchema),
    /** Every device that anything was counted for, by id. */
    reputations: z.array(z.strictObject({ device_id: hex16, reputation })),
    /** Every requester that a task was taken from, by address. */
    requesters: z.array(z.strictObject({ requester: rawAddress, reputation })),
    valid_until_sec: count,
    coordinator_signature: hex64,
  }),
  entry('unfreeze', { frozen_at_sec: count, valid_until_sec: count, coordinator_signature: hex64 }),
  entry('uncommit', { epoch: count, next: hex32, valid_until_sec: count, coordinator_signature: hex64 }),
  entry('cosignature', { of: z.enum(cosignedKinds), hash: hex32, auditor_signature: hex64 }),
  entry('refusal', { hash: hex32, reason: z.string().max(2000) }),
  entry('cancelled', { task_id: taskId }),
  entry('executed', { epoch: count }),
  entry('vetoed', { epoch: count }),
  /** `next` is the first batch that was not paid; it and those after it are owed. */
  entry('uncommitted', { epoch: count, next: hex32 }),
  /** `charge_hash` is that of the charge's cell; `epoch` the one that it was for. */
  entry('reclaimed', { escrow: rawAddress, epoch: count, charge_hash: hex32, amount_nano: nanoString }),
])

export type LogEntryContent = z.output<typeof logEntrySchema>
export type LogEntryKind = LogEntryContent['kind']
/** Body of one kind of entry. */
export type LogBody<Kind extends LogEntryKind> = Extract<LogEntryContent, { kind: Kind }>['body']
export type VerdictSeat = z.output<typeof verdictSeatSchema>
export type Payout = z.output<typeof payoutSchema>
export type SeatEndReason = (typeof seatEndReasons)[number]
