import { z } from 'zod'
import { defineOperation, score } from '../operation.ts'
import { ppOcrV4Rec } from './ppOcrV4Rec.ts'

/** Reads text in an image: input JPEG or PNG with one line of text, output the text and its mean confidence. */
export const ocr = defineOperation({
  operation: 'ocr',
  kind: 'text',
  paramsSchema: z.strictObject({
    /** How the text is laid out; only single lines are offered. */
    layout: z.literal('line').default('line'),
  }),
  outputSchema: z.strictObject({ text: z.string().max(1024), confidence: score }),
  models: [ppOcrV4Rec],
})

export type OcrOutput = z.output<typeof ocr.outputSchema>
