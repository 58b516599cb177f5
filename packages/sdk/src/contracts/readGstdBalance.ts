import { type Address, type ContractProvider, openContract, type StateInit } from '@ton/core'
import { GstdError } from '../errors/GstdError.ts'
import { JettonMinter } from './JettonMinter.ts'
import { JettonWallet } from './JettonWallet.ts'

/** What gives access to a contract: a `TonClient` and the emulator's `Blockchain` both do. */
export type ChainClient = { provider(address: Address, init?: StateInit | null): ContractProvider }

/** @returns a wrapper bound to a client. */
const openWith = <Wrapper extends JettonMinter | JettonWallet>(client: ChainClient, wrapper: Wrapper) =>
  openContract(wrapper, ({ address, init }) => client.provider(address, init))

/**
 * Reads an owner's GSTD, and makes sure that the wallet is that owner's and that master's.
 *
 * @returns nano GSTD; 0 for an inactive account
 * @throws GstdError `CHAIN_STATE_INVALID`
 */
export const readGstdBalance = async (
  client: ChainClient,
  { master, owner }: { master: Address; owner: Address },
): Promise<bigint> => {
  const walletAddress = await openWith(client, JettonMinter.createFromAddress(master)).getWalletAddress(owner)
  const wallet = await openWith(client, JettonWallet.createFromAddress(walletAddress)).getData()
  if (wallet === undefined) return 0n
  if (!wallet.owner.equals(owner) || !wallet.master.equals(master)) {
    throw new GstdError('CHAIN_STATE_INVALID', 'the jetton wallet is not that of this owner and master', {
      details: { wallet: walletAddress.toRawString() },
    })
  }
  return wallet.balanceNano
}
