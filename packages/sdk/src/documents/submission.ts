import { z } from 'zod'
import { authorisationSchema } from './authorisation.ts'
import { signedBatchSchema } from './batch.ts'
import { descriptorSchema } from './descriptor.ts'
import { knownAnswerSchema } from './referenceCommitment.ts'

/** Body of `POST /api/v1/tasks`: descriptors under one signature, and the authorisation to charge for them. */
export const submissionSchema = z.strictObject({
  batch: signedBatchSchema,
  authorisation: authorisationSchema,
  items: z
    .array(z.strictObject({ descriptor: descriptorSchema, known_answer: knownAnswerSchema.optional() }))
    .min(1)
    .max(1024),
})

export type Submission = z.output<typeof submissionSchema>
