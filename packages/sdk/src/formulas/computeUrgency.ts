import { checkRange } from './checkRange.ts'
import { clamp } from './clamp.ts'

/** How long before its deadline a task begins to be urgent. */
export const URGENCY_HORIZON_MS = 60_000

export type UrgencyInput = { nowMs: number; deadlineMs: number; horizonMs?: number }

/**
 * How near a deadline is, 0..1: 0 from the horizon on, 1 at the deadline and after it.
 *
 * `urgency = clamp(1 − (deadline − now) / 60 s)` (protocol §9).
 *
 * @param input - moments in unix ms, the horizon in ms (default {@link URGENCY_HORIZON_MS})
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for NaN, negative moments, or a horizon under 1 ms
 * @example computeUrgency({ nowMs: 0, deadlineMs: 15_000 }) // 0.75
 */
export const computeUrgency = ({ nowMs, deadlineMs, horizonMs = URGENCY_HORIZON_MS }: UrgencyInput): number => {
  const leftMs = checkRange('deadlineMs', deadlineMs, 0) - checkRange('nowMs', nowMs, 0)
  return clamp(1 - leftMs / checkRange('horizonMs', horizonMs, 1))
}
