import { defineCommand } from '../program/command.ts'
import { asText, optional } from '../program/option.ts'
import { ownerWalletOption, walletFlag } from './stakeOptions.ts'

export const stakeShow = defineCommand({
  name: 'stake show',
  summary: 'show what is staked, unbonding, and locked by a slash',
  description:
    'Reads an owner’s device account from the chain: stake, what is unbonding and until when, a pending slash with its reason, evidence and appeal, the devices and the reputations that were proven on chain. An owner who never staked has no account, and nothing in it.',
  options: {
    wallet: ownerWalletOption,
    owner: optional({
      flags: '--owner <address>',
      summary: 'any owner’s address instead of a wallet’s',
      parse: asText,
    }),
  },
  examples: ['gstd stake show', 'gstd stake show --owner UQ… --output json'],
  run: async (context, { wallet: walletName, owner: given }) => {
    const network = await context.network()
    const { readWallet } = await import('../wallet/openWallet.ts')
    const { parseAddress } = await import('../wallet/parseAddress.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { readStake, readUncounted } = await import('./readStake.ts')
    const { describeStake } = await import('./describeStake.ts')
    const { accountJson } = await import('./stakeView.ts')
    const owner =
      given === undefined ? (await readWallet(context.stateDir, walletName, network)).address : parseAddress(given)
    const wallet = given === undefined ? walletFlag(walletName) : ''
    const chain = openChain(network)
    const found = await readStake(chain, network, owner)
    const { address, state } = found
    const uncountedNano = await readUncounted(chain, found)
    const nowSec = await chain.nowSec(address)
    const shown = { owner, account: address, state, uncountedNano, nowSec, walletFlag: wallet }
    return {
      data: { account: address, owner, ...accountJson(state), uncounted_nano: uncountedNano.toString() },
      human: (style) => describeStake(style, shown),
      quiet: (state?.stakeNano ?? 0n).toString(),
    }
  },
})
