import { formatAmount } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { ownerWalletOption, parseGstd } from './stakeOptions.ts'

export const stakeDeposit = defineCommand({
  name: 'stake deposit',
  summary: 'stake GSTD that stands for your devices',
  description:
    'Sends GSTD from the owner’s wallet to its device account, and waits until the account counts it. The first deposit deploys the account. TON for the way is attached, and most of it returns: 0.16, and 0.2 more for the first deposit, of which 0.06 stay for the rent of the account and of its GSTD wallet. "gstd help staking" says more.',
  argument: { name: '<gstd>', summary: 'how much, such as 5 or 0.5' },
  options: { wallet: ownerWalletOption },
  examples: ['gstd stake deposit 5', 'gstd stake deposit 0.5 --wallet a'],
  run: async (context, { wallet: walletName }, amount) => {
    const amountNano = parseGstd(amount)
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { depositStake } = await import('./depositStake.ts')
    const wallet = await openWallet(context.keyring(network), walletName)
    const parties = { chain: openChain(network), network, wallet, signal: context.signal }
    const { account, state, isNew } = await depositStake(parties, { walletName, amountNano })
    return {
      data: {
        account,
        owner: wallet.address,
        deposited_nano: amountNano.toString(),
        stake_nano: state.stakeNano.toString(),
        is_new: isNew,
      },
      human: (style) =>
        facts(style, [
          ['deposited', style.good(`${formatAmount(amountNano)} GSTD`)],
          ['staked', `${formatAmount(state.stakeNano)} GSTD`],
          ['account', account],
          ['', isNew ? 'deployed just now; it belongs to this wallet' : undefined],
        ]),
      quiet: account,
    }
  },
})
