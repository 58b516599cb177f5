import { formatAmount } from '@gstd/sdk'
import type { Session } from '@gstd/sdk/contracts'
import type { Json } from '../output/output.ts'

/** Says when a session ends. */
export const timeOf = (unixSec: number): string =>
  `${new Date(unixSec * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Says how much a session key may spend, also where the escrow holds less. */
export const allowance = (leftNano: bigint, balanceNano: bigint): string =>
  `${formatAmount(leftNano)} TON${leftNano > balanceNano ? ', as far as the escrow holds them,' : ''}`

/** @returns a session as JSON; null before the first one. */
export const sessionJson = ({ key, capNano, expiresAtSec }: Session): Json =>
  /^0*$/.test(key) ? null : { public_key: key, cap_nano: capNano.toString(), expires_at_sec: expiresAtSec }
