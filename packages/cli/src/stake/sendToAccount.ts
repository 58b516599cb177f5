import { GstdError, type NetworkConfig } from '@gstd/sdk'
import type { AccountState } from '@gstd/sdk/contracts'
import type { Cell } from '@ton/core'
import type { Chain } from '../chain/openChain.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { followMessage, newQueryId } from './followMessage.ts'
import { readStake } from './readStake.ts'

/** With what an owner changes its device account. */
export type StakeParties = { chain: Chain; network: NetworkConfig; wallet: TonWallet; signal: AbortSignal }

/**
 * Sends a message from the owner to its device account, and waits until the account has taken it.
 *
 * @param message - `what` is waited for, for the message of an error
 * @returns the account after it
 * @throws GstdError `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const sendToAccount = async (
  { chain, network, wallet, signal }: StakeParties,
  message: { body: (queryId: bigint) => Cell; valueNano: bigint; what: string },
): Promise<AccountState> => {
  const { contract } = await readStake(chain, network, wallet.address)
  const queryId = newQueryId()
  const { valueNano, what } = message
  await chain.send(wallet, [{ to: contract.address, value: valueNano, body: message.body(queryId) }], signal)
  await followMessage(chain, { path: [contract.address], queryId, what, signal })
  const { state, address } = await readStake(chain, network, wallet.address)
  if (state !== undefined) return state
  throw new GstdError('CHAIN_STATE_INVALID', 'the device account is gone', { details: { account: address } })
}
