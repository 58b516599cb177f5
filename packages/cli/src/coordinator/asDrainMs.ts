import { GstdError } from '@gstd/sdk'
import { asDurationMs } from '../program/option.ts'

/** Half a minute after the signal the process ends in any case: what is left is for writing and closing. */
const MAX_DRAIN_MS = 25_000

/** Parses how long devices may take to finish. @returns milliseconds */
export const asDrainMs = (text: string): number => {
  const drainMs = asDurationMs(text)
  if (drainMs <= MAX_DRAIN_MS) return drainMs
  throw new GstdError('USAGE_INVALID', `"${text}" is longer than 25s, the most that a stop may wait`, {
    details: { value: text },
  })
}
