import { GstdError, type NetworkConfig } from '@gstd/sdk'
import { attachNano, close, type EscrowState } from '@gstd/sdk/contracts'
import { findRefusal } from '../chain/findRefusal.ts'
import type { Chain } from '../chain/openChain.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { readEscrow } from './readEscrow.ts'

export type CloseOptions = { chain: Chain; network: NetworkConfig; wallet: TonWallet; signal: AbortSignal }

/** How far closing has come. */
export type Closing = {
  readonly address: string
  readonly balanceNano: bigint
  /** 0 while it is open. */
  readonly closeAtSec: number
  /** The chain's time, which the contract goes by. */
  nowSec(): Promise<number>
}

/** Blocks carry whole seconds of a clock of their own. */
const CLOCK_TOLERANCE_SEC = 5

/** @throws GstdError `ESCROW_UNKNOWN`, `CHAIN_UNAVAILABLE` */
export const readClosing = async ({ chain, network, wallet }: CloseOptions): Promise<Closing> => {
  const { address, state } = await readEscrow(chain, wallet.address, network.vault)
  if (state === undefined) {
    throw new GstdError('ESCROW_UNKNOWN', 'the wallet has no escrow on this network', { details: { escrow: address } })
  }
  const { balanceNano, closeAtSec } = state
  return { address, balanceNano, closeAtSec, nowSec: () => chain.nowSec(wallet.address) }
}

const sendClose = async (
  { chain, network, wallet, signal }: CloseOptions,
  isDone: (state: EscrowState) => boolean,
): Promise<void> => {
  const { contract, address } = await readEscrow(chain, wallet.address, network.vault)
  const sinceSec = (await chain.nowSec(wallet.address)) - CLOCK_TOLERANCE_SEC
  await chain.send(wallet, [{ to: contract.address, value: attachNano.close, body: close({}) }], signal)
  const arrived = async (): Promise<true | undefined> => {
    const { state } = await readEscrow(chain, wallet.address, network.vault)
    if (state !== undefined && isDone(state)) return true
    const refusal = await findRefusal(chain, address, sinceSec)
    if (refusal !== undefined) throw refusal
    return undefined
  }
  await waitUntil(arrived, { what: 'the closing', signal })
}

/**
 * Ends intake and sets the date from which on the rest is paid back; waits until the escrow shows it.
 *
 * @throws GstdError `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const announceClosing = async (options: CloseOptions): Promise<Closing> => {
  await sendClose(options, ({ closeAtSec }) => closeAtSec > 0)
  return readClosing(options)
}

/**
 * Has the rest paid back to the wallet; waits until the escrow shows it.
 *
 * @returns what was paid back, in nano TON
 * @throws GstdError `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const finishClosing = async (options: CloseOptions): Promise<bigint> => {
  const { balanceNano } = await readClosing(options)
  await sendClose(options, ({ closeAtSec }) => closeAtSec === 0)
  return balanceNano
}
