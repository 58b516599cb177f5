import { createSigner, formatAmount, GstdError, type NetworkConfig, randomHex } from '@gstd/sdk'
import { attachNano, deposit, type EscrowState, setSession } from '@gstd/sdk/contracts'
import { findRefusal } from '../chain/findRefusal.ts'
import type { Chain } from '../chain/openChain.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { checkNotLowered } from '../session/checkNotLowered.ts'
import { checkReplaceable } from '../session/checkReplaceable.ts'
import type { Session } from '../session/sessionFile.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { timeOf } from './escrowView.ts'
import { readEscrow } from './readEscrow.ts'

export type DepositOptions = {
  chain: Chain
  network: NetworkConfig
  wallet: TonWallet
  amountNano: bigint
  /** How much more may be charged from now on; undefined allows all that the escrow holds. */
  capNano: bigint | undefined
  /** How long the session key is to last; undefined as long as the contract allows. */
  sessionMs: number | undefined
  /** Where the session key is kept, for messages. */
  sessionFile: string
  /** Finds the session so far, by the key that the escrow has: it is prolonged. */
  known: (currentKey: string | undefined) => Promise<Session | undefined>
  /** Keeps the session key before anything is sent: a key that is on chain must never be lost. */
  save: (session: Session) => Promise<void>
  signal: AbortSignal
}

/** The contract allows 7 days from its own clock, which may be a little behind this one. */
const MAX_SESSION_MS = 7 * 86_400_000 - 600_000
/** Blocks carry whole seconds of a clock of their own. */
const CLOCK_TOLERANCE_SEC = 5

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** All that was ever paid in and not yet back: grows with deposits only, charges move it from one sum to the other. */
const paidIn = (state: EscrowState | undefined): bigint =>
  state === undefined ? 0n : state.balanceNano + state.chargedNano

const planSession = async (
  options: DepositOptions,
  escrow: string,
  state: EscrowState | undefined,
  nowSec: number,
): Promise<Session> => {
  const { network, wallet, amountNano, capNano } = options
  const known = await options.known(state?.session.key)
  const reusable =
    known?.network === network.network && known.vault === network.vault && known.requester === wallet.address
  const seed = reusable ? known.seed : randomHex(32)
  const publicKey = createSigner(seed).publicKey
  const current = state?.session.key === publicKey ? state.session : undefined
  const charged = state?.chargedNano ?? 0n
  if (state !== undefined && current !== undefined) {
    checkNotLowered(state, { capNano, expiresMs: options.sessionMs, expiresFlag: '--session-expires' }, nowSec)
  } else if (state !== undefined) {
    checkReplaceable(state, nowSec, { lostFile: options.sessionFile })
  }
  const wantedCap = charged + (capNano ?? (state?.balanceNano ?? 0n) + amountNano)
  const wantedEnd = nowSec + Math.floor(Math.min(options.sessionMs ?? MAX_SESSION_MS, MAX_SESSION_MS) / 1000)
  return {
    version: 1,
    network: network.network,
    vault: network.vault,
    requester: wallet.address,
    escrow,
    seed,
    public_key: publicKey,
    cap_nano: max(wantedCap, current?.capNano ?? 0n).toString(),
    expires_at_sec: Math.max(wantedEnd, current?.expiresAtSec ?? 0),
  }
}

/** The two messages arrive one after the other: money that has landed is never left unmentioned. */
const sayWhatLanded = async (
  { chain, network, wallet, amountNano }: DepositOptions,
  paidInBefore: bigint,
  thrown: unknown,
): Promise<unknown> => {
  if (!(thrown instanceof GstdError)) return thrown
  const after = await readEscrow(chain, wallet.address, network.vault).catch(() => undefined)
  if (paidIn(after?.state) < paidInBefore + amountNano) return thrown
  const amount = formatAmount(amountNano)
  return new GstdError(thrown.code, `${amount} TON are in the escrow, but its session key is not: ${thrown.message}`, {
    details: { ...thrown.details, deposited_nano: amountNano.toString(), next: 'gstd escrow show' },
    hint: 'do not deposit again: "gstd session create" sets a key',
    cause: thrown,
  })
}

/**
 * Pays into the wallet's escrow and sets or prolongs its session key, in one message of the wallet, and waits until
 * the escrow shows both. The first deposit deploys the escrow.
 *
 * @throws GstdError `ESCROW_CLOSING`, `USAGE_INVALID` for limits below those in force, `WALLET_INSUFFICIENT`, `CONTRACT_REFUSED`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const depositToEscrow = async (options: DepositOptions): Promise<{ session: Session; state: EscrowState }> => {
  const { chain, network, wallet, amountNano, signal } = options
  const before = await readEscrow(chain, wallet.address, network.vault)
  if (before.state !== undefined && before.state.closeAtSec > 0) {
    const date = timeOf(before.state.closeAtSec)
    throw new GstdError('ESCROW_CLOSING', `the escrow is being closed: it takes deposits again after ${date}`, {
      details: { escrow: before.address, close_at_sec: before.state.closeAtSec, next: 'gstd escrow close' },
      hint: `from ${date} on, "gstd escrow close" pays back what is left; a deposit after that opens the escrow again`,
    })
  }
  const nowSec = await chain.nowSec(wallet.address)
  const session = await planSession(options, before.address, before.state, nowSec)
  await options.save(session)
  const key = { key: session.public_key, capNano: BigInt(session.cap_nano), expiresAtSec: session.expires_at_sec }
  const to = before.contract.address
  const sentAtSec = nowSec - CLOCK_TOLERANCE_SEC
  await chain.send(
    wallet,
    [
      {
        to,
        value: amountNano + attachNano.deposit,
        ...(before.state === undefined && before.contract.init !== undefined && { init: before.contract.init }),
        body: deposit({ jobId: randomHex(32), amountNano }),
      },
      { to, value: attachNano.setSession, body: setSession(key) },
    ],
    signal,
  )
  const arrived = async (): Promise<EscrowState | undefined> => {
    const { state, address } = await readEscrow(chain, wallet.address, network.vault)
    const isThere = paidIn(state) >= paidIn(before.state) + amountNano
    const hasKey = state?.session.key === key.key && state.session.expiresAtSec === key.expiresAtSec
    if (isThere && hasKey) return state
    const refusal = await findRefusal(chain, address, sentAtSec)
    if (refusal !== undefined) throw refusal
    return undefined
  }
  try {
    return { session, state: await waitUntil(arrived, { what: 'the deposit', signal }) }
  } catch (thrown) {
    throw await sayWhatLanded(options, paidIn(before.state), thrown)
  }
}
