import type { Message, Slice } from '@ton/core'

const FUND = 0x47560002
const BOUNCED = 0xffffffff

/** Reads what a body begins with; 0 where there is nothing. */
export const opOf = (slice: Slice): number => (slice.remainingBits >= 32 ? slice.loadUint(32) : 0)

export type Fund = { deltaNano: bigint; epoch: number; tasks: number; isBounced: boolean }

/** @returns what a message moves from an escrow to the vault, or back; undefined for any other. */
export const readFund = ({ body }: Message): Fund | undefined => {
  const slice = body.beginParse()
  const op = opOf(slice)
  const isBounced = op === BOUNCED
  if ((isBounced ? opOf(slice) : op) !== FUND) return undefined
  const deltaNano = slice.skip(64).loadCoins()
  return { deltaNano, epoch: slice.loadUint(32), tasks: slice.loadUint(32), isBounced }
}
