import { formatAmount, GstdError } from '@gstd/sdk'
import { timeOf } from '../escrow/escrowView.ts'
import { facts } from '../output/style.ts'
import type { View } from '../output/output.ts'
import { defineCommand } from '../program/command.ts'
import { flag } from '../program/option.ts'
import { ownerWalletOption, parseGstd, walletFlag } from './stakeOptions.ts'
import type { StakeParties } from './sendToAccount.ts'
import type { UnbondOptions } from './withdrawStake.ts'

const checkUsage = (amount: string, claims: boolean, restarts: boolean): void => {
  const problem = claims
    ? amount !== '' || restarts
      ? '--claim pays out all that is free: it takes no amount and no --restart'
      : undefined
    : amount === ''
      ? 'how much is missing: an amount in GSTD, or all; --claim pays out what is free'
      : undefined
  if (problem !== undefined) throw new GstdError('USAGE_INVALID', problem)
}

const claim = async (parties: StakeParties): Promise<View> => {
  const { claimStake } = await import('./withdrawStake.ts')
  const { account, paidNano } = await claimStake(parties)
  const owner = parties.wallet.address
  return {
    data: { account, step: 'paid', paid_nano: paidNano.toString(), to: owner },
    human: (style) =>
      facts(style, [
        ['paid out', style.good(`${formatAmount(paidNano)} GSTD`)],
        ['to', owner],
      ]),
    quiet: paidNano.toString(),
  }
}

const begin = async (parties: StakeParties, options: UnbondOptions): Promise<View> => {
  const { unbondStake } = await import('./withdrawStake.ts')
  const { account, state, unbondedNano } = await unbondStake(parties, options)
  const { stakeNano, unbondingNano, unbondedAtSec } = state
  return {
    data: {
      account,
      step: 'unbonding',
      withdrawn_nano: unbondedNano.toString(),
      stake_nano: stakeNano.toString(),
      unbonding_nano: unbondingNano.toString(),
      unbonded_at_sec: unbondedAtSec,
    },
    human: (style) =>
      facts(style, [
        ['taken out', style.good(`${formatAmount(unbondedNano)} GSTD`)],
        ['still staked', `${formatAmount(stakeNano)} GSTD`],
        ['unbonding', `${formatAmount(unbondingNano)} GSTD until ${timeOf(unbondedAtSec)}`],
        ['then', `gstd stake withdraw --claim${walletFlag(options.walletName)}`],
      ]),
    quiet: String(unbondedAtSec),
  }
}

export const stakeWithdraw = defineCommand({
  name: 'stake withdraw',
  summary: 'take stake out, and 7 days later have it paid out',
  description:
    'In two steps. The first one takes GSTD out of the stake; it is unbonding then: no longer stake, and still there for a slash. 7 days later the second one, with --claim, pays it out to the owner’s wallet. What a pending slash has locked cannot be taken out.',
  argument: { name: '[gstd]', summary: 'how much, such as 5 or 0.5, or all' },
  options: {
    wallet: ownerWalletOption,
    claim: flag('--claim', 'pay out what was unbonding for 7 days'),
    restart: flag('--restart', 'take out more although something is unbonding: the 7 days of both start now'),
  },
  examples: ['gstd stake withdraw 5', 'gstd stake withdraw all', 'gstd stake withdraw --claim'],
  run: async (context, { wallet: walletName, claim: claims, restart: restarts }, amount) => {
    checkUsage(amount, claims, restarts)
    const amountNano = claims || amount === 'all' ? undefined : parseGstd(amount)
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const wallet = await openWallet(context.keyring(network), walletName)
    const parties = { chain: openChain(network), network, wallet, signal: context.signal }
    return claims ? claim(parties) : begin(parties, { amountNano, restarts, walletName })
  },
})
