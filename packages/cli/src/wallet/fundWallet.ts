import { GstdError, type NetworkConfig } from '@gstd/sdk'
import { JettonMinter } from '@gstd/sdk/contracts'
import { Address, toNano } from '@ton/core'
import { type Chain, openChain } from '../chain/openChain.ts'
import { readGstd } from '../chain/readGstd.ts'
import { requestFaucet } from '../chain/requestFaucet.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { openKeyWallet } from '../keys/operatorKeys.ts'
import type { Context } from '../program/context.ts'
import type { TonWallet } from './tonWallet.ts'
import type { WalletFields } from './walletFile.ts'

/** What a wallet was given. */
export type Funded = { tonNano: bigint; gstdNano: bigint }

/** Test GSTD that a funded wallet gets. */
const GSTD_NANO = toNano('100')
/** What the mint message carries for the jetton wallet's deployment; the rest returns. */
const MINT_VALUE_NANO = toNano('0.1')
const MINT_ATTEMPTS = 5
const MINT_TIMEOUT_MS = 15_000

const isTimeout = (thrown: unknown): boolean => thrown instanceof GstdError && thrown.code === 'CHAIN_TIMEOUT'

/**
 * Mints test GSTD. Several processes may do so at once with the one minter's wallet: of two messages with the same
 * number only one is taken, the other is sent again.
 */
const mint = async (
  chain: Chain,
  minter: TonWallet,
  master: string,
  to: string,
  signal: AbortSignal,
): Promise<void> => {
  const before = await readGstd(chain, master, to)
  const message = {
    to: Address.parseRaw(master),
    value: MINT_VALUE_NANO,
    body: JettonMinter.mintBody({ to: Address.parseRaw(to), amountNano: GSTD_NANO }),
  }
  const arrived = async () => ((await readGstd(chain, master, to)) >= before + GSTD_NANO ? true : undefined)
  for (let attempt = 1; ; attempt++) {
    try {
      await chain.send(minter, [message], signal)
      await waitUntil(arrived, { what: 'the test GSTD', signal, timeoutMs: MINT_TIMEOUT_MS })
      return
    } catch (thrown) {
      if (!isTimeout(thrown) || attempt === MINT_ATTEMPTS) throw thrown
    }
  }
}

/**
 * Gives a wallet test TON and test GSTD, and waits until both are on chain.
 *
 * @throws GstdError `FEATURE_NOT_OFFERED` on networks without a faucet, `CONFIG_MISSING` when the minter's key is not
 * here, `CHAIN_UNAVAILABLE`, `CHAIN_TIMEOUT`
 */
export const fundWallet = async (
  context: Context,
  network: NetworkConfig,
  wallet: Pick<WalletFields, 'address'>,
  amountNano: bigint,
): Promise<Funded> => {
  const { signal } = context
  const chain = openChain(network)
  const before = await chain.balance(wallet.address)
  await requestFaucet(network, wallet.address, amountNano, signal)
  const minter = await openKeyWallet(context.keyring(network), 'minter')
  await mint(chain, minter, network.gstd_master, wallet.address, signal)
  const arrived = async () => ((await chain.balance(wallet.address)) >= before + amountNano ? true : undefined)
  await waitUntil(arrived, { what: 'the test TON', signal })
  return { tonNano: amountNano, gstdNano: GSTD_NANO }
}
