import type { EscrowState, SessionState } from '../intake/requesterView.ts'

/** How long after a session's end its escrow takes charges. */
const AFTER_END_SEC = 259_200
/** A charge needs this long to be signed by both keys and to arrive. */
const ON_THE_WAY_SEC = 60
const NO_KEY = '0'.repeat(64)

const sessionUntilSec = ({ closeAtSec }: EscrowState, { expiresAtSec }: SessionState): number => {
  const untilSec = expiresAtSec + AFTER_END_SEC
  return closeAtSec === 0 ? untilSec : Math.min(untilSec, closeAtSec - 1)
}

/**
 * @param nowSec - unix seconds
 * @returns the sessions whose authorisations the escrow takes for long enough: none that ended 72 h ago, and none once
 * its owner may take the rest out
 */
export const chargeableSessions = (escrow: EscrowState, nowSec: number): SessionState[] =>
  [escrow.session, escrow.previousSession].filter(
    (session) => session.key !== NO_KEY && nowSec + ON_THE_WAY_SEC <= sessionUntilSec(escrow, session),
  )

/** @returns until when the escrow takes what a key has authorised, unix seconds. A current key counts as that. */
export const chargeableUntilSec = (escrow: EscrowState, key: string): number =>
  sessionUntilSec(escrow, escrow.session.key === key ? escrow.session : escrow.previousSession)
