import { proofSchema } from '@gstd/sdk'
import { z } from 'zod'

const hex = (byteCount: number) => z.string().regex(new RegExp(`^[0-9a-f]{${byteCount * 2}}$`))

const shared = {
  version: z.literal(1),
  order_hash: hex(32),
  task_id: z.uuid(),
  operation: z.string(),
  /** Grows with every finished result: the order in which proofs are attested. */
  sequence: z.int().nonnegative(),
  finished_at: z.int().nonnegative(),
  proof_hash: hex(32),
}

const answer = {
  ...shared,
  started: z.strictObject({ started_at: z.int().nonnegative(), signature: hex(64) }),
  commitment: hex(32),
  salt: hex(32),
  result: z.array(z.unknown()).min(1).max(256),
  proof: proofSchema,
}

/**
 * A finished result as it lies on disk until the coordinator has all it needs of it:
 * `finished` is committed to but unseen by anybody, `revealing` was sent, `revealed` is on the coordinator's disk and
 * waits for the signature over its proof.
 */
export const outboxRecordSchema = z.discriminatedUnion('stage', [
  z.strictObject({ stage: z.literal('finished'), ...answer }),
  z.strictObject({ stage: z.literal('revealing'), ...answer }),
  z.strictObject({ stage: z.literal('revealed'), ...shared }),
])

export type OutboxRecord = z.output<typeof outboxRecordSchema>
/** A result as it is when the task ends. */
export type FinishedAnswer = Extract<OutboxRecord, { stage: 'finished' }>
/** A record that still holds its result. */
export type OutboxAnswer = Exclude<OutboxRecord, { stage: 'revealed' }>
