import { formatAmount, GstdError, parseAmount } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asName, asTon, type Option, withDefault } from '../program/option.ts'
import { walletFile } from '../state/paths.ts'
import { readWalletFile } from './walletFile.ts'

const DEFAULT_FUND_TON = '10'

/** `--fund` alone means the default amount. */
const fundOption: Option<bigint | undefined> = {
  flags: '--fund [ton]',
  summary: `devnet only: get test TON (default: ${DEFAULT_FUND_TON}) and test GSTD`,
  read: (raw) => {
    if (raw === undefined) return undefined
    return parseAmount(asTon(typeof raw === 'string' ? raw : DEFAULT_FUND_TON))
  },
}

export const walletCreate = defineCommand({
  name: 'wallet create',
  summary: 'make a wallet in the state folder',
  description:
    'Makes a wallet v5r1 for the network and writes its 24 words, encrypted, into a file that only you can read. With --fund, on a devnet, it is given test TON and test GSTD; that also works for a wallet that is already there.',
  options: {
    name: withDefault(
      { flags: '--name <name>', summary: 'the wallet’s name', env: 'GSTD_WALLET', parse: asName },
      'default',
    ),
    fund: fundOption,
  },
  examples: ['gstd wallet create --fund', 'gstd wallet create --name owner-a'],
  run: async (context, { name, fund }) => {
    const network = await context.network()
    const { openOrMakeWallet, readWallet } = await import('./openWallet.ts')
    const { friendlyAddress } = await import('./tonWallet.ts')
    const file = walletFile(context.stateDir, name)
    const made = (await readWalletFile(context.stateDir, name)) === undefined
    if (made) await openOrMakeWallet(file, context.keyring(network))
    const wallet = await readWallet(context.stateDir, name, network)
    if (!made && fund === undefined) {
      throw new GstdError('CONFIG_INVALID', `there is a wallet "${name}" already`, {
        details: { file, address: wallet.address, next: `gstd wallet show --name ${name}` },
        hint: 'take another --name; wallets are never overwritten',
      })
    }
    const funded =
      fund === undefined
        ? undefined
        : await (await import('./fundWallet.ts')).fundWallet(context, network, wallet, fund)
    const friendly = friendlyAddress(wallet.address, network.network)
    return {
      data: {
        name,
        address: wallet.address,
        address_friendly: friendly,
        file,
        created: made,
        funded_nano: funded?.tonNano.toString(),
        gstd_nano: funded?.gstdNano.toString(),
      },
      human: (style) =>
        [
          facts(style, [
            ['wallet', `${style.bold(name)}${made ? '' : ' (was there already)'}`],
            ['address', friendly],
            ['raw', wallet.address],
            ['file', file],
            [
              'received',
              funded && `${formatAmount(funded.tonNano)} TON and ${formatAmount(funded.gstdNano)} test GSTD`,
            ],
          ]),
          ...(made ? ['', style.warn('Keep its 24 words in a safe place: gstd wallet show --reveal.')] : []),
        ].join('\n'),
      quiet: wallet.address,
    }
  },
})
