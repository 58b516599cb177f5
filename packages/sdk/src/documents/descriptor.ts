import { z } from 'zod'
import { defineDocument } from './defineDocument.ts'
import { contentHash, decimalAmount, hex16, hex32, origin, rawAddress, unixMs } from './fields.ts'

/** One input: where its bytes are, and what they must hash to. */
const inputItem = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('inline'), hash: contentHash, data: z.base64().optional() }),
  z.strictObject({ source: z.literal('http'), hash: contentHash, uri: z.string().min(1).max(2048) }),
  z.strictObject({ source: z.literal('ipfs'), hash: contentHash, uri: z.string().min(1).max(2048) }),
])

/**
 * Task descriptor, protocol §1. Types only: ranges are the limits' business (`checkLimits`), the whitelist the
 * intake's. Unknown fields are refused.
 */
export const descriptorSchema = z.strictObject({
  ...origin,
  task_id: z.uuidv4().regex(/^[0-9a-f-]+$/, 'expected a lower-case uuid'),
  task_type: z.enum(['inference', 'human', 'validation', 'agent']),
  operation: z.string().min(1).max(64),
  model: z.string().min(1).max(128).optional(),
  input: z.union([inputItem, z.array(inputItem).min(1).max(256)]),
  encryption: z.record(z.string(), z.unknown()).optional(),
  params: z.record(z.string(), z.unknown()),
  constraints: z.strictObject({ time_limit_sec: z.number(), max_energy_mwh: z.number() }),
  reward: z.strictObject({ amount_ton: decimalAmount }),
  validation: z.enum(['reference', 'majority', 'ai_check', 'human']),
  redundancy: z.int().optional(),
  max_devices: z.int().optional(),
  reference_commitment: hex32,
  deadline: unixMs.optional(),
  requester: z.strictObject({ address: rawAddress, public_key: hex32 }),
  nonce: hex16,
  created_at: unixMs,
})

export type TaskDescriptor = z.output<typeof descriptorSchema>
export type InputItem = z.output<typeof inputItem>

/** @returns the inputs as a list, whichever way the descriptor spells them. */
export const inputItems = (descriptor: Pick<TaskDescriptor, 'input'>): InputItem[] =>
  Array.isArray(descriptor.input) ? descriptor.input : [descriptor.input]

const withoutData = (item: InputItem): InputItem =>
  item.source === 'inline' ? { source: item.source, hash: item.hash } : item

/** @returns the descriptor as it is signed: `data` is not part of it, `hash` commits to it. */
export const signedDescriptor = (descriptor: TaskDescriptor): TaskDescriptor => ({
  ...descriptor,
  input: Array.isArray(descriptor.input) ? descriptor.input.map(withoutData) : withoutData(descriptor.input),
})

export const descriptorDocument = defineDocument('descriptor', descriptorSchema, 'DESCRIPTOR_INVALID', signedDescriptor)
