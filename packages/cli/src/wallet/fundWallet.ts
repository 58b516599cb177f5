import { GstdError, type NetworkConfig } from '@gstd/sdk'
import type { Context } from '../program/context.ts'
import type { TonWallet } from './tonWallet.ts'

/** What a wallet was given. */
export type Funded = { tonNano: bigint; gstdNano: bigint }

/**
 * Gives a wallet test TON and test GSTD.
 *
 * @throws GstdError `FEATURE_NOT_OFFERED` on networks without a faucet
 */
export const fundWallet = async (
  _context: Context,
  network: NetworkConfig,
  _wallet: TonWallet,
  _amountNano: bigint,
): Promise<Funded> => {
  throw new GstdError('FEATURE_NOT_OFFERED', `${network.name} has no faucet`, { details: { feature: 'faucet' } })
}
