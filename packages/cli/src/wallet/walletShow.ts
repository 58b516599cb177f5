import type { Json } from '../output/output.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asName, flag, withDefault } from '../program/option.ts'
import { walletFile } from '../state/paths.ts'
import { readWalletFile } from './walletFile.ts'

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
    const { openWallet } = await import('./openWallet.ts')
    const { friendlyAddress } = await import('./tonWallet.ts')
    const wallet = await openWallet(context.stateDir, name, network.network)
    const file = walletFile(context.stateDir, name)
    const mnemonic = reveal ? (await readWalletFile(context.stateDir, name))?.mnemonic : undefined
    const friendly = friendlyAddress(wallet, network.network)
    const data: Json = {
      name,
      address: wallet.address,
      address_friendly: friendly,
      public_key: wallet.signer.publicKey,
      file,
      mnemonic,
    }
    return {
      data,
      human: (style) =>
        facts(style, [
          ['wallet', style.bold(name)],
          ['address', friendly],
          ['raw', wallet.address],
          ['public key', wallet.signer.publicKey],
          ['file', file],
          ['words', mnemonic?.join(' ')],
        ]),
      quiet: wallet.address,
    }
  },
})
