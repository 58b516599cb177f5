import { z } from 'zod'
import { defineDocument } from './defineDocument.ts'
import { contentHash, decimalAmount, hex16, hex32, origin, unixMs } from './fields.ts'

/**
 * Work order, protocol §4: all that a device learns of a task. It sees neither requester, method nor redundancy,
 * and its proof binds the order's hash, so nobody can present an honest proof for altered work.
 */
export const workOrderSchema = z.strictObject({
  ...origin,
  task_id: z.uuidv4(),
  descriptor_hash: hex32,
  device_id: hex16,
  /** Counts every execution of the task from 1; (task, device, attempt) is paid at most once. */
  attempt: z.int().min(1).max(255),
  task_type: z.literal('inference'),
  operation: z.string(),
  model: z.string(),
  model_hash: hex32,
  params: z.record(z.string(), z.unknown()),
  input: z
    .array(
      z.strictObject({
        source: z.enum(['inline', 'http', 'ipfs']),
        hash: contentHash,
        uri: z.string().max(2048).optional(),
      }),
    )
    .min(1)
    .max(256),
  constraints: z.strictObject({ time_limit_sec: z.number(), max_energy_mwh: z.number() }),
  reward: z.strictObject({ amount_ton: decimalAmount }),
  nonce: hex16,
  dispatched_at: unixMs,
})

export type WorkOrder = z.output<typeof workOrderSchema>

export const workOrderDocument = defineDocument('order', workOrderSchema, 'ORDER_INVALID')
