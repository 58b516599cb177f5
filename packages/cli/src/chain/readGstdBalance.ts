import { Address } from '@ton/core'
import { JettonMaster, JettonWallet } from '@ton/ton'
import type { Chain } from './openChain.ts'

/**
 * Reads how much GSTD an account holds, in nano: the master's `get_wallet_address`, then that wallet's balance
 * (TEP-74). An account without a jetton wallet has 0.
 *
 * @throws GstdError `CHAIN_UNAVAILABLE`
 */
export const readGstdBalance = async (chain: Chain, master: string, owner: string): Promise<bigint> => {
  const minter = chain.client.open(JettonMaster.create(Address.parse(master)))
  const address = await chain.call(() => minter.getWalletAddress(Address.parse(owner)))
  return chain.call(() => chain.client.open(JettonWallet.create(address)).getBalance())
}
