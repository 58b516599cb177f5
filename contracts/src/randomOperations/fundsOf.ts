import type { Message, Slice } from '@ton/core'

const FUND = 0x47560002
const BOUNCED = 0xffffffff

/** Reads what a body begins with; 0 where there is nothing. */
export const opOf = (slice: Slice): number => (slice.remainingBits >= 32 ? slice.loadUint(32) : 0)

/** @returns nano TON that a message moves from an escrow to the vault, or back; 0 for any other. */
export const fundsOf = ({ body }: Message): bigint => {
  const slice = body.beginParse()
  const op = opOf(slice)
  if ((op === BOUNCED ? opOf(slice) : op) !== FUND) return 0n
  return slice.skip(64).loadCoins()
}
