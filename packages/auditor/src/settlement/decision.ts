/**
 * What becomes of a charge or commit. `retry`: the chain does not show yet what the log says; a node may lag, so it is
 * asked again before it is a refusal.
 */
export type Decision = { outcome: 'sign' } | { outcome: 'refuse' | 'retry'; reason: string }

export const sign: Decision = { outcome: 'sign' }

type Figures = Record<string, unknown>

const words = (message: string, figures: Figures): string => {
  const stated = Object.entries(figures).map(([name, value]) => `${name} ${String(value)}`)
  return `AUDITOR_REFUSED: ${message}${stated.length === 0 ? '' : ` (${stated.join(', ')})`}`
}

export const refused = (message: string, figures: Figures = {}): Decision => ({
  outcome: 'refuse',
  reason: words(message, figures),
})

export const retried = (message: string, figures: Figures = {}): Decision => ({
  outcome: 'retry',
  reason: words(message, figures),
})

/** @returns the first decision that is not to sign. */
export const firstObjection = (...checks: (() => Decision)[]): Decision => {
  for (const check of checks) {
    const decision = check()
    if (decision.outcome !== 'sign') return decision
  }
  return sign
}

/** How far ahead a charge or commit may be valid. */
const MAX_VALIDITY_SEC = 3600
/** Past its validity a message may still be in a block that is not seen yet. */
export const DEAD_AFTER_SEC = 5

/** Checks that a cell can still land, and not for longer than it needs. */
export const checkValidity = (validUntilSec: number, nowSec: number): Decision => {
  if (validUntilSec <= nowSec) return refused('it has expired', { valid_until_sec: validUntilSec, now_sec: nowSec })
  if (validUntilSec > nowSec + MAX_VALIDITY_SEC) {
    return refused('it is valid for too long', { valid_until_sec: validUntilSec, now_sec: nowSec })
  }
  return sign
}
