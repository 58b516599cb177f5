import { z } from 'zod'
import { inclusionSchema } from '../documents/batch.ts'
import { count, hex16, rawAddress } from '../documents/fields.ts'
import { toStep } from '../verification/toStep.ts'

const reputation = z
  .number()
  .min(0)
  .max(1)
  .refine((value) => toStep(value) === value, 'expected a multiple of 0.000001')

/** A published reputation, and where it stands among the leaves of a commit. */
export const reputationProofSchema = z.strictObject({
  leaf: z.union([
    z.strictObject({ device_id: hex16, reputation }),
    z.strictObject({ requester: rawAddress, reputation }),
  ]),
  /** How many leaves there are, of devices and requesters together. */
  count,
  inclusion: inclusionSchema,
})

export type ReputationProof = z.output<typeof reputationProofSchema>
