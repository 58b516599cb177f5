import type { NetworkConfig } from '@gstd/sdk'
import { type AccountState, type DeviceAccount, JettonWallet } from '@gstd/sdk/contracts'
import type { Address } from '@ton/core'
import type { Chain } from '../chain/openChain.ts'
import { deviceAccountOf } from './deviceAccountOf.ts'

/** An owner's device account on chain. */
export type OnChainStake = {
  contract: DeviceAccount
  address: string
  /** Undefined before the first deposit. */
  state: AccountState | undefined
  /** The account's own GSTD wallet, once the master has named it. Before that no GSTD is stake. */
  gstdWallet: Address | undefined
}

/**
 * Reads the device account of an owner.
 *
 * @param owner - raw address
 * @throws GstdError `FEATURE_NOT_OFFERED`, `CHAIN_UNAVAILABLE`, `CHAIN_STATE_INVALID`
 */
export const readStake = async (chain: Chain, network: NetworkConfig, owner: string): Promise<OnChainStake> => {
  const contract = deviceAccountOf(network, owner)
  const opened = chain.client.open(contract)
  const state = await chain.call(() => opened.getState())
  const gstdWallet = state === undefined ? undefined : await chain.call(() => opened.getGstdWallet())
  return { contract, address: contract.address.toRawString(), state, gstdWallet }
}

/** @returns all GSTD that an account answers for: staked, unbonding and locked. In nano. */
const heldNano = ({ stakeNano, unbondingNano, pending }: AccountState): bigint =>
  stakeNano + unbondingNano + (pending === undefined ? 0n : pending.fromStakeNano + pending.fromUnbondingNano)

/**
 * Reads how much GSTD the account's wallet holds beyond what the account answers for: on its way, or sent with too little
 * TON to be counted.
 *
 * @returns nano GSTD
 * @throws GstdError `CHAIN_UNAVAILABLE`, `CHAIN_STATE_INVALID`
 */
export const readUncounted = async (chain: Chain, { state, gstdWallet }: OnChainStake): Promise<bigint> => {
  if (state === undefined || gstdWallet === undefined) return 0n
  const wallet = JettonWallet.createFromAddress(gstdWallet)
  const data = await chain.call(() => chain.client.open(wallet).getData())
  const uncountedNano = (data?.balanceNano ?? 0n) - heldNano(state)
  return uncountedNano > 0n ? uncountedNano : 0n
}
