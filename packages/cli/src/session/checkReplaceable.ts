import { GstdError } from '@gstd/sdk'
import { type EscrowState, refusals } from '@gstd/sdk/contracts'
import { timeOf } from '../escrow/escrowView.ts'
import { CHARGEABLE_AFTER_END_SEC } from './sessionFile.ts'

const isNone = (key: string): boolean => /^0*$/.test(key)

/** What another key was wanted for. */
export type ReplacePurpose = 'create' | 'revoke' | { lostFile: string }

/** Nobody is told to prolong a key that somebody else may have. */
const CLOSE =
  '"gstd escrow close" does: within a minute the coordinator takes no new tasks, and 72 h later the rest returns'

const hintFor = (purpose: ReplacePurpose, date: string): string => {
  if (purpose === 'create') {
    return `a key that only you have is prolonged or raised with "gstd session create --same-key"; if somebody else may have it, nothing takes its power before ${date} but ending the escrow: ${CLOSE}`
  }
  if (purpose === 'revoke') return `what stops the key now is ending the escrow: ${CLOSE}`
  return `put ${purpose.lostFile} back from a copy, or deposit after ${date}; nothing was sent. If the file may be in other hands: ${CLOSE}`
}

/**
 * Refuses what the contract would refuse: it remembers one key before the current one, and lets go of none that may
 * still be charged.
 *
 * @param nowSec - the chain's time
 * @throws GstdError `CONTRACT_REFUSED` with the date from which on it is possible, and what the current key may do till
 * then
 */
export const checkReplaceable = (state: EscrowState, nowSec: number, purpose: ReplacePurpose): void => {
  const untilSec = state.previousSession.expiresAtSec + CHARGEABLE_AFTER_END_SEC
  if (isNone(state.previousSession.key) || nowSec > untilSec) return
  const { capNano, expiresAtSec } = state.session
  const isInForce = expiresAtSec > nowSec && capNano > state.chargedNano
  const force = isInForce ? `, and the current one signs tasks until ${timeOf(expiresAtSec)}` : ''
  throw new GstdError(
    'CONTRACT_REFUSED',
    `the escrow takes another key only after ${timeOf(untilSec)}: the key before the current one may be charged until then${force}`,
    {
      details: {
        exit_code: refusals.SESSION_STILL_CHARGEABLE,
        refusal: 'SESSION_STILL_CHARGEABLE',
        until_sec: untilSec,
        session_expires_at_sec: expiresAtSec,
        next: 'gstd escrow show',
      },
      hint: hintFor(purpose, timeOf(untilSec)),
    },
  )
}
