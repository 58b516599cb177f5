import type { Json } from '../output/output.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asName, flag, withDefault } from '../program/option.ts'
import { walletFile } from '../state/paths.ts'

export const walletShow = defineCommand({
  name: 'wallet show',
  summary: 'show a wallet’s address and file',
  options: {
    name: withDefault(
      { flags: '--name <name>', summary: 'the wallet’s name', env: 'GSTD_WALLET', parse: asName },
      'default',
    ),
    reveal: flag('--reveal', 'also show the 24 words: whoever sees them has the wallet'),
  },
  examples: ['gstd wallet show', 'gstd wallet show --output quiet'],
  run: async (context, { name, reveal }) => {
    const network = await context.network()
    const { readWallet, revealWallet } = await import('./openWallet.ts')
    const { friendlyAddress } = await import('./tonWallet.ts')
    const wallet = await readWallet(context.stateDir, name, network)
    const file = walletFile(context.stateDir, name)
    const words = reveal ? (await revealWallet(context.keyring(network), name)).words : undefined
    const friendly = friendlyAddress(wallet.address, network.network)
    const data: Json = {
      name,
      address: wallet.address,
      address_friendly: friendly,
      public_key: wallet.public_key,
      wallet: wallet.wallet,
      file,
      mnemonic: words?.split(' '),
    }
    return {
      data,
      human: (style) =>
        facts(style, [
          ['wallet', style.bold(name)],
          ['address', friendly],
          ['raw', wallet.address],
          ['public key', wallet.public_key],
          ['contract', `wallet ${wallet.wallet}`],
          ['file', file],
          ['words', words],
        ]),
      quiet: wallet.address,
    }
  },
})
