import { z } from 'zod'
import { defineOperation, score } from '../operation.ts'
import { nsfwMobilenetV2 } from './nsfwMobilenetV2.ts'

/** The classes of image moderation, in the order of the model's output. */
export const moderationLabels = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'] as const

/** Says what kind of picture an image is: input JPEG or PNG, output the most probable label and all five scores. */
export const imageModeration = defineOperation({
  operation: 'image-moderation',
  kind: 'label',
  paramsSchema: z.strictObject({}),
  outputSchema: z.strictObject({
    label: z.enum(moderationLabels),
    scores: z.strictObject({ Drawing: score, Hentai: score, Neutral: score, Porn: score, Sexy: score }),
  }),
  models: [nsfwMobilenetV2],
})

export type ModerationOutput = z.output<typeof imageModeration.outputSchema>
