import { printable } from '../output/style.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Says in a few words what a model found in one input; what is not known by its shape is shown as JSON. */
export const showOutput = (output: unknown): string => {
  if (!isRecord(output)) return printable(JSON.stringify(output) ?? '')
  const { error, label, scores, text, confidence } = output
  if (isRecord(error)) return printable(`${error['code']}: ${error['message']}`)
  if (typeof label === 'string') {
    const score = isRecord(scores) ? scores[label] : undefined
    return printable(typeof score === 'number' ? `${label} ${percent(score)}` : label)
  }
  if (typeof text === 'string') {
    return printable(typeof confidence === 'number' ? `“${text}” ${percent(confidence)}` : `“${text}”`)
  }
  return printable(JSON.stringify(output))
}
