import type { Cell, Message, Slice } from '@ton/core'
import { opOf } from './readFund.ts'

const BOUNCED = 0xffffffff
const kinds = { 0x0f8a7ea5: 'transfer', 0x178d4519: 'internal transfer', 0x7362d09c: 'notification' } as const

/** A message of TEP-74, or the bounce of one; `queryId` is what an account says its purpose by. */
export type JettonMessage = {
  kind: (typeof kinds)[keyof typeof kinds]
  isBounced: boolean
  queryId: bigint
  amountNano: bigint
  /** What follows; a bounce has no more of it. */
  rest: Slice
}

const isKnown = (op: number): op is keyof typeof kinds => op in kinds

/** @returns what a message says about jettons; undefined for any other. */
export const readJettons = ({ info, body }: Message): JettonMessage | undefined => {
  const isBounced = info.type === 'internal' && info.bounced
  const slice = body.beginParse()
  const op = opOf(slice)
  const named = isBounced && op === BOUNCED ? opOf(slice) : op
  if (!isKnown(named)) return undefined
  return { kind: kinds[named], isBounced, queryId: slice.loadUintBig(64), amountNano: slice.loadCoins(), rest: slice }
}

/** @returns nano in a jetton wallet of that data; 0 before it is deployed. */
export const jettonBalance = (data: Cell): bigint => (data.bits.length === 0 ? 0n : data.beginParse().loadCoins())
