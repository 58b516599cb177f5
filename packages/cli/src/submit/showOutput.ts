import { itemErrorSchema } from '@gstd/sdk'
import { printable } from '../output/style.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Says in a few words what a model found in one input; what is not known by its shape is shown as JSON. */
export const showOutput = (output: unknown): string => {
  if (!isRecord(output)) return printable(JSON.stringify(output) ?? '')
  const { label, scores, text, confidence } = output
  const failed = itemErrorSchema.safeParse(output)
  if (failed.success) return printable(`${failed.data.error.code}: ${failed.data.error.message}`)
  if (typeof label === 'string') {
    const score = isRecord(scores) ? scores[label] : undefined
    return printable(typeof score === 'number' ? `${label} ${percent(score)}` : label)
  }
  if (typeof text === 'string') {
    return printable(typeof confidence === 'number' ? `“${text}” ${percent(confidence)}` : `“${text}”`)
  }
  return printable(JSON.stringify(output))
}
