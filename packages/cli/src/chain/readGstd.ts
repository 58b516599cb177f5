import { readGstdBalance } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Chain } from './openChain.ts'

/**
 * Reads how much GSTD an account holds, in nano.
 *
 * @param master - raw address of the jetton's master
 * @throws GstdError `CHAIN_UNAVAILABLE`, `CHAIN_STATE_INVALID`
 */
export const readGstd = (chain: Chain, master: string, owner: string): Promise<bigint> =>
  chain.call(() => readGstdBalance(chain.client, { master: Address.parseRaw(master), owner: Address.parseRaw(owner) }))
