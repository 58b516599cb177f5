import { z } from 'zod'
import { defineDocument } from './defineDocument.ts'
import { hex16, hex32, origin, unixMs } from './fields.ts'

/** Proof of execution, protocol §7. Times in coordinator time. */
export const proofSchema = z.strictObject({
  ...origin,
  task_id: z.uuidv4(),
  device_id: hex16,
  attempt: z.int().min(1).max(255),
  order_hash: hex32,
  result_hash: hex32,
  /** The order's nonce. */
  nonce: hex16,
  timestamp: unixMs,
  execution_time_ms: z.number().nonnegative().max(3_600_000),
  energy_consumed_mwh: z.number().nonnegative().max(1_000_000),
  energy_method: z.enum(['rapl', 'battery', 'pmic', 'cpu-time']),
  /** Relative, 0.5 = ±50 %. */
  energy_uncertainty: z.number().min(0).max(10),
  model_hash: hex32,
  numeric_class: z.string().min(1).max(128),
})

export type Proof = z.output<typeof proofSchema>

export const proofDocument = defineDocument('proof', proofSchema, 'PROOF_INVALID')
