import { type EscrowState, RequesterEscrow } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { Chain } from '../chain/openChain.ts'

/** A requester's escrow on chain; `state` is undefined before the first deposit. */
export type OnChainEscrow = { contract: RequesterEscrow; address: string; state: EscrowState | undefined }

/** @throws GstdError `CHAIN_UNAVAILABLE`, `CHAIN_STATE_INVALID` */
export const readEscrow = async (chain: Chain, owner: string, vault: string): Promise<OnChainEscrow> => {
  const parties = { owner: Address.parseRaw(owner), vault: Address.parseRaw(vault) }
  const contract = RequesterEscrow.createFromOwner(parties)
  const state = await chain.call(() => chain.client.open(contract).getState())
  return { contract, address: contract.address.toRawString(), state }
}
