import { z } from 'zod'
import { inclusionSchema, signedBatchSchema } from '../documents/batch.ts'
import { loggedCertificateSchema } from '../documents/certificate.ts'
import { count, hex16, hex32, hex64, nanoString, unixMs } from '../documents/fields.ts'
import { proofSchema } from '../documents/proof.ts'
import { workOrderSchema } from '../documents/workOrder.ts'
import { seatEndReasons } from '../log/entries.ts'

const message = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape })

const orderRef = { order_hash: hex32 }

/** State of a device that the matcher scores. */
export const deviceStateSchema = z.strictObject({
  /** 1 on mains, else the battery's charge above the owner's floor, 0..1. */
  available_energy: z.number().min(0).max(1),
  slots: z.int().min(0).max(64),
  /** Model ids whose files are in the device's cache. */
  cached_models: z.array(z.string().max(128)).max(256),
})

/** What a device says. The order of a task: `ack`, `started`, `commit`, `reveal`, `attest`. */
export const deviceMessageSchema = z.discriminatedUnion('type', [
  message('hello', {
    /** A payout address that cannot be paid is no noise: the device is told `CERTIFICATE_INVALID`. */
    certificate: loggedCertificateSchema,
    /** Salted hash over the machine's facts; goes to the coordinator only. */
    fingerprint: hex32,
    numeric_class: z.string().min(1).max(128),
    operations: z.array(z.string().max(64)).max(64),
    software: z.string().max(64),
    /** Isolation layers that hold on this machine. */
    sandbox: z.array(z.string().max(32)).max(8),
    state: deviceStateSchema,
  }),
  message('authenticate', { signature: hex64 }),
  message('heartbeat', { state: deviceStateSchema, echo: z.string().max(64).optional() }),
  message('ack', orderRef),
  message('refuse', { ...orderRef, reason: z.enum(['busy', 'paused', 'model_unavailable', 'order_invalid']) }),
  message('started', { ...orderRef, started_at: unixMs, signature: hex64 }),
  message('input_unavailable', { ...orderRef, item: count, message: z.string().max(500), signature: hex64 }),
  message('failed', { ...orderRef, code: z.string().max(64), message: z.string().max(500) }),
  message('commit', { ...orderRef, commitment: hex32 }),
  message('reveal', { ...orderRef, result: z.array(z.unknown()).min(1).max(256), salt: hex32, proof: proofSchema }),
  /** One signature over the hashes of all proofs revealed and not yet attested. */
  message('attest', { batch: signedBatchSchema, proof_hashes: z.array(hex32).min(1).max(1024) }),
])

/** What the coordinator says. Each acknowledgement means: on disk. */
export const coordinatorMessageSchema = z.discriminatedUnion('type', [
  message('challenge', { nonce: hex32, time: unixMs }),
  message('welcome', { device_id: hex16, time: unixMs, heartbeat_ms: count }),
  message('order', {
    order: workOrderSchema,
    batch: signedBatchSchema,
    inclusion: inclusionSchema,
    /** Inline inputs, base64, in the order of the items; null where the item is fetched. */
    data: z.array(z.union([z.string(), z.null()])),
  }),
  message('committed', orderRef),
  message('reveal_request', orderRef),
  message('revealed', orderRef),
  message('attest_request', {}),
  message('attested', { proof_hashes: z.array(hex32) }),
  /** The order is over; whatever the device still does for it is not needed. */
  message('dropped', { ...orderRef, reason: z.enum([...seatEndReasons, 'unknown', 'task_ended']) }),
  message('outcome', { ...orderRef, agreed: z.boolean(), reward_nano: nanoString }),
  message('ping', { echo: z.string().max(64) }),
  message('error', { code: z.string(), message: z.string(), order_hash: hex32.optional() }),
])

export type DeviceMessage = z.output<typeof deviceMessageSchema>
export type CoordinatorMessage = z.output<typeof coordinatorMessageSchema>
export type DeviceState = z.output<typeof deviceStateSchema>

/** The longest message in either direction, in bytes: a batch of inline inputs or one result. */
export const maxMessageBytes = 4 * 1024 * 1024
