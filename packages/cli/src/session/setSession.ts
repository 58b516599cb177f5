import { createSigner, GstdError, type NetworkConfig, randomHex } from '@gstd/sdk'
import { attachNano, type EscrowState, setSession as setSessionBody } from '@gstd/sdk/contracts'
import { findRefusal } from '../chain/findRefusal.ts'
import type { Chain } from '../chain/openChain.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { timeOf } from '../escrow/escrowView.ts'
import { readEscrow } from '../escrow/readEscrow.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import type { Session } from './sessionFile.ts'

/** Blocks carry whole seconds of a clock of their own. */
const CLOCK_TOLERANCE_SEC = 5

/**
 * Reads a wallet's escrow for a change of its session.
 *
 * @throws GstdError `ESCROW_UNKNOWN`, `ESCROW_CLOSING`, `CHAIN_UNAVAILABLE`
 */
export const readOpenEscrow = async (
  chain: Chain,
  wallet: { address: string },
  network: NetworkConfig,
): Promise<{ address: string; state: EscrowState }> => {
  const { address, state } = await readEscrow(chain, wallet.address, network.vault)
  if (state === undefined) {
    throw new GstdError('ESCROW_UNKNOWN', 'the wallet has no escrow on this network', { details: { escrow: address } })
  }
  if (state.closeAtSec > 0) {
    throw new GstdError(
      'ESCROW_CLOSING',
      `the escrow is being closed, its money returns from ${timeOf(state.closeAtSec)}`,
      {
        details: { escrow: address, close_at_sec: state.closeAtSec, next: 'gstd escrow close' },
        hint: 'finish the closing then; a deposit after it opens the escrow again',
      },
    )
  }
  return { address, state }
}

/** What a session is to be. */
export type SessionPlan = {
  network: NetworkConfig
  requester: string
  escrow: string
  /** Seed of a key that is to be prolonged; a new one when left out. */
  seed?: string
  capNano: bigint
  expiresAtSec: number
}

/** Makes a session key, or new limits for one. */
export const planSession = (plan: SessionPlan): Session => {
  const seed = plan.seed ?? randomHex(32)
  return {
    version: 1,
    network: plan.network.network,
    vault: plan.network.vault,
    requester: plan.requester,
    escrow: plan.escrow,
    seed,
    public_key: createSigner(seed).publicKey,
    cap_nano: plan.capNano.toString(),
    expires_at_sec: plan.expiresAtSec,
  }
}

/**
 * Sends a session key to the wallet's escrow, and waits until it has it.
 *
 * @throws GstdError `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const sendSession = async (
  { chain, wallet, signal }: { chain: Chain; wallet: TonWallet; signal: AbortSignal },
  session: Session,
): Promise<EscrowState> => {
  const { contract, address } = await readEscrow(chain, wallet.address, session.vault)
  const key = { key: session.public_key, capNano: BigInt(session.cap_nano), expiresAtSec: session.expires_at_sec }
  const sinceSec = (await chain.nowSec(wallet.address)) - CLOCK_TOLERANCE_SEC
  const message = { to: contract.address, value: attachNano.setSession, body: setSessionBody(key) }
  await chain.send(wallet, [message], signal)
  const arrived = async (): Promise<EscrowState | undefined> => {
    const { state } = await readEscrow(chain, wallet.address, session.vault)
    const current = state?.session
    const isThere =
      current?.key === key.key && current.capNano === key.capNano && current.expiresAtSec === key.expiresAtSec
    if (isThere) return state
    const refusal = await findRefusal(chain, address, sinceSec)
    if (refusal !== undefined) throw refusal
    return undefined
  }
  return waitUntil(arrived, { what: 'the session key', signal })
}
