import { formatAmount, GstdError, type NetworkConfig } from '@gstd/sdk'
import { callChain, type ChainAccess, chainAccessOf, openTonClient } from '@gstd/sdk/contracts'
import { Address, type internal } from '@ton/core'
import type { TonClient } from '@ton/ton'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { chainAccessFromEnv } from './chainAccess.ts'
import { sendFromWallet } from './sendFromWallet.ts'

export type OutgoingMessage = Parameters<typeof internal>[0]

/** What the command line needs of a chain. Amounts in nano TON. */
export type Chain = {
  readonly client: TonClient
  readonly endpoint: string
  /** @throws GstdError `CHAIN_UNAVAILABLE` */
  balance(address: string): Promise<bigint>
  isDeployed(address: string): Promise<boolean>
  /**
   * @param address - any account; it need not be there
   * @returns the chain's time in unix seconds, as of its last block
   */
  nowSec(address: string): Promise<number>
  /**
   * Sends messages from a wallet and waits until the wallet has taken them; deploys the wallet with its first one.
   *
   * @throws GstdError `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
   */
  send(wallet: TonWallet, messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<void>
  /** Runs a call of the TON library. @throws GstdError `CHAIN_UNAVAILABLE` */
  call<Result>(run: () => Promise<Result>): Promise<Result>
}

/** What the wallet itself needs for a message, generously. */
const WALLET_FEE_NANO = 20_000_000n

const toNano = (value: OutgoingMessage['value']): bigint => (typeof value === 'bigint' ? value : 0n)

/**
 * Opens the chain of a network.
 *
 * @param access - how its endpoint may be used; from the environment when left out
 */
export const openChain = (
  { name, endpoint }: Pick<NetworkConfig, 'name' | 'endpoint'>,
  access: ChainAccess = chainAccessFromEnv(process.env),
): Chain => {
  const client = openTonClient(endpoint, chainAccessOf(name, access))
  const call = <Result>(run: () => Promise<Result>): Promise<Result> => callChain(endpoint, run)
  const balance = (address: string): Promise<bigint> => call(() => client.getBalance(Address.parse(address)))

  return {
    client,
    endpoint,
    call,
    balance,
    isDeployed: (address) => call(() => client.isContractDeployed(Address.parse(address))),
    nowSec: async (address) => (await call(() => client.getContractState(Address.parse(address)))).timestampt,
    send: async (wallet, messages, signal) => {
      const needed = messages.reduce((sum, { value }) => sum + toNano(value), WALLET_FEE_NANO)
      const held = await balance(wallet.address)
      if (held < needed) {
        throw new GstdError(
          'WALLET_INSUFFICIENT',
          `the wallet holds ${formatAmount(held)} TON, this takes ${formatAmount(needed)} TON with fees`,
          { details: { address: wallet.address, balance_nano: held.toString(), needed_nano: needed.toString() } },
        )
      }
      await sendFromWallet({ client, call, wallet, messages, signal })
    },
  }
}
