import { formatAmount, GstdError } from '@gstd/sdk'
import { type AccountState, attachNano, unbond, withdraw } from '@gstd/sdk/contracts'
import { readGstd } from '../chain/readGstd.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { timeOf } from '../escrow/escrowView.ts'
import { readStake } from './readStake.ts'
import { type StakeParties, sendToAccount } from './sendToAccount.ts'
import { lockedNano, lockedBy } from './stakeView.ts'
import { walletFlag } from './stakeOptions.ts'

export type UnbondOptions = {
  /** Undefined for all that is staked. */
  amountNano: bigint | undefined
  /** Whether what is unbonding already may wait 7 days from now on, too. */
  restarts: boolean
  walletName: string
}

const claimLine = (walletName: string): string => `gstd stake withdraw --claim${walletFlag(walletName)}`

const checkRestart = (state: AccountState, nowSec: number, { restarts, walletName }: UnbondOptions): void => {
  const { unbondingNano, unbondedAtSec } = state
  if (unbondingNano === 0n || restarts) return
  const sum = formatAmount(unbondingNano)
  const isFree = nowSec >= unbondedAtSec
  throw new GstdError(
    'STAKE_UNBONDING',
    isFree
      ? `${sum} GSTD can be paid out now: another withdrawal would hold that back for 7 more days`
      : `${sum} GSTD unbonding until ${timeOf(unbondedAtSec)}: another withdrawal starts these 7 days anew`,
    {
      details: {
        unbonding_nano: unbondingNano.toString(),
        unbonded_at_sec: unbondedAtSec,
        next: isFree ? claimLine(walletName) : `gstd stake show${walletFlag(walletName)}`,
      },
      hint: isFree ? 'have it paid out first' : 'wait until then, or accept the later date with --restart',
    },
  )
}

const tooLittle = (state: AccountState | undefined, account: string, wanted: bigint | undefined): GstdError => {
  const stakeNano = state?.stakeNano ?? 0n
  const has = stakeNano === 0n ? 'nothing is staked' : `${formatAmount(stakeNano)} GSTD staked`
  const wants = wanted === undefined ? '' : `, ${formatAmount(wanted)} GSTD asked for`
  const locked = state === undefined ? undefined : lockedBy(state)
  return new GstdError('STAKE_INSUFFICIENT', `${has}${wants}${locked === undefined ? '' : `; ${locked}`}`, {
    details: {
      account,
      stake_nano: stakeNano.toString(),
      unbonding_nano: (state?.unbondingNano ?? 0n).toString(),
      locked_nano: (state === undefined ? 0n : lockedNano(state)).toString(),
      ...(wanted !== undefined && { needed_nano: wanted.toString() }),
    },
    hint:
      locked === undefined
        ? '"gstd stake show" says what is staked, unbonding and locked'
        : 'a slash can be appealed while it is open: "gstd stake appeal FILE"; vetoed, its sum returns to where it was',
  })
}

/**
 * Takes GSTD out of the stake: it is unbonding for 7 days.
 *
 * @returns the account after it, and what was taken out in nano
 * @throws GstdError `STAKE_INSUFFICIENT`, `STAKE_UNBONDING`, `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`,
 * `CHAIN_UNAVAILABLE`
 */
export const unbondStake = async (
  parties: StakeParties,
  options: UnbondOptions,
): Promise<{ account: string; state: AccountState; unbondedNano: bigint }> => {
  const { chain, network, wallet } = parties
  const { state, address } = await readStake(chain, network, wallet.address)
  const amountNano = options.amountNano ?? state?.stakeNano ?? 0n
  if (state === undefined || amountNano === 0n || amountNano > state.stakeNano) {
    throw tooLittle(state, address, options.amountNano)
  }
  checkRestart(state, await chain.nowSec(address), options)
  const body = (queryId: bigint) => unbond({ queryId, amountNano })
  const after = await sendToAccount(parties, { body, valueNano: attachNano.account, what: 'the withdrawal' })
  return { account: address, state: after, unbondedNano: amountNano }
}

/**
 * Has all that was unbonding for 7 days paid out to the owner, and waits until it is there.
 *
 * @returns nano GSTD
 * @throws GstdError `STAKE_INSUFFICIENT`, `STAKE_UNBONDING`, `CONTRACT_REFUSED`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`,
 * `CHAIN_UNAVAILABLE`
 */
export const claimStake = async (parties: StakeParties): Promise<{ account: string; paidNano: bigint }> => {
  const { chain, network, wallet, signal } = parties
  const { state, address } = await readStake(chain, network, wallet.address)
  if (state === undefined || state.unbondingNano === 0n) {
    const locked = state === undefined ? undefined : lockedBy(state)
    throw new GstdError('STAKE_INSUFFICIENT', `nothing is unbonding${locked === undefined ? '' : `; ${locked}`}`, {
      details: { account: address },
      hint: 'first take it out of the stake: gstd stake withdraw AMOUNT',
    })
  }
  const { unbondingNano, unbondedAtSec } = state
  if ((await chain.nowSec(address)) < unbondedAtSec) {
    throw new GstdError(
      'STAKE_UNBONDING',
      `${formatAmount(unbondingNano)} GSTD unbonding until ${timeOf(unbondedAtSec)}`,
      {
        details: { unbonding_nano: unbondingNano.toString(), unbonded_at_sec: unbondedAtSec },
        hint: 'come back then; until then it can still be slashed for what the devices did',
      },
    )
  }
  const readOwners = (): Promise<bigint> => readGstd(chain, network.gstd_master, wallet.address)
  const beforeNano = await readOwners()
  const body = (queryId: bigint) => withdraw({ queryId })
  await sendToAccount(parties, { body, valueNano: attachNano.gstdTransfer, what: 'the payout' })
  // Less than was unbonding just now, where a slash came in between.
  const arrived = async (): Promise<bigint | undefined> => {
    const paidNano = (await readOwners()) - beforeNano
    return paidNano > 0n ? paidNano : undefined
  }
  return { account: address, paidNano: await waitUntil(arrived, { what: 'the GSTD', signal }) }
}
