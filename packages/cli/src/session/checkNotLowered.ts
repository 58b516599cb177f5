import { formatAmount, GstdError } from '@gstd/sdk'
import type { EscrowState } from '@gstd/sdk/contracts'
import { timeOf } from '../escrow/escrowView.ts'

/** What was asked for by a flag; undefined where the flag was left out. */
export type WantedLimits = {
  capNano: bigint | undefined
  expiresMs: number | undefined
  /** The flag of the time; that of the cap is `--cap` everywhere. */
  expiresFlag: string
}

/** @returns an error that says what is in force, and that it stays so */
const lowered = (flag: string, message: string): GstdError =>
  new GstdError('USAGE_INVALID', `${flag}: ${message}, and a key’s limits can only be raised`, {
    details: { option: flag },
    hint: `leave out ${flag} to keep what is in force, or set another key that has less: gstd session create`,
  })

/**
 * Refuses limits below those that a session key has: the contract never lowers them.
 *
 * @param state - of the escrow, which has the key already
 * @param nowSec - the chain's time
 * @throws GstdError `USAGE_INVALID`
 */
export const checkNotLowered = (state: EscrowState, wanted: WantedLimits, nowSec: number): void => {
  const { capNano, expiresAtSec } = state.session
  const leftNano = capNano - state.chargedNano
  if (wanted.capNano !== undefined && wanted.capNano < leftNano) {
    throw lowered('--cap', `the session key may spend ${formatAmount(leftNano)} TON more already`)
  }
  if (wanted.expiresMs !== undefined && nowSec + wanted.expiresMs / 1000 < expiresAtSec) {
    throw lowered(wanted.expiresFlag, `the session key lasts until ${timeOf(expiresAtSec)} already`)
  }
}
