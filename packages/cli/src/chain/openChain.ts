import type { NetworkConfig } from '@gstd/sdk'
import { Address, internal, type MessageRelaxed, SendMode } from '@ton/core'
import { TonClient } from '@ton/ton'
import { GstdError, formatAmount } from '@gstd/sdk'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { callChain } from '@gstd/sdk/contracts'
import { waitUntil } from './waitUntil.ts'

export type OutgoingMessage = Parameters<typeof internal>[0]

/** What the command line needs of a chain. Amounts in nano TON. */
export type Chain = {
  readonly client: TonClient
  readonly endpoint: string
  /** @throws GstdError `CHAIN_UNAVAILABLE` */
  balance(address: string): Promise<bigint>
  isDeployed(address: string): Promise<boolean>
  /**
   * Sends messages from a wallet and waits until the wallet has taken them; deploys the wallet with its first one.
   *
   * @throws GstdError `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
   */
  send(wallet: TonWallet, messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<void>
  /** Runs a call of the TON library. @throws GstdError `CHAIN_UNAVAILABLE` */
  call<Result>(run: () => Promise<Result>): Promise<Result>
}

const REQUEST_TIMEOUT_MS = 15_000
const MESSAGE_LIFETIME_SEC = 120
const MAX_ATTEMPTS = 5
/** What the wallet itself needs for a message, generously. */
const WALLET_FEE_NANO = 20_000_000n

const toNano = (value: OutgoingMessage['value']): bigint => (typeof value === 'bigint' ? value : 0n)

/** Opens the chain of a network. */
export const openChain = (network: Pick<NetworkConfig, 'endpoint'>): Chain => {
  const { endpoint } = network
  const client = new TonClient({ endpoint, timeout: REQUEST_TIMEOUT_MS })
  const call = <Result>(run: () => Promise<Result>): Promise<Result> => callChain(endpoint, run)
  const balance = (address: string): Promise<bigint> => call(() => client.getBalance(Address.parse(address)))

  return {
    client,
    endpoint,
    call,
    balance,
    isDeployed: (address) => call(() => client.isContractDeployed(Address.parse(address))),
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
      const opened = client.open(wallet.contract)
      const readSeqno = (): Promise<number> => call(() => opened.getSeqno())
      for (let attempt = 1; ; attempt++) {
        const seqno = await readSeqno()
        const transfer = {
          seqno,
          secretKey: wallet.keyPair.secretKey,
          messages: messages.map((message): MessageRelaxed => internal(message)),
          sendMode: SendMode.PAY_GAS_SEPARATELY,
          timeout: Math.floor(Date.now() / 1000) + MESSAGE_LIFETIME_SEC,
        }
        try {
          await call(() => opened.sendTransfer(transfer))
        } catch (thrown) {
          // Another process sent from this wallet in between: its message took the number.
          if (attempt < MAX_ATTEMPTS && (await readSeqno()) > seqno) continue
          throw thrown
        }
        const taken = async () => ((await readSeqno()) > seqno ? true : undefined)
        await waitUntil(taken, { what: 'the wallet’s message', signal })
        return
      }
    },
  }
}
