import { GstdError } from '@gstd/sdk'
import { readHidden } from '../keystore/readHidden.ts'
import { terminalOf } from '../keystore/terminalOf.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asName, asText, optional, withDefault } from '../program/option.ts'
import { walletFile } from '../state/paths.ts'
import { readWalletFile } from './walletFile.ts'

const MAX_BYTES = 4096

/** Words are never taken from the command line, where every process of the machine may read them. */
const readWords = async (): Promise<string> => {
  const terminal = terminalOf(process)
  if (terminal !== undefined) return readHidden('The 24 words, separated by spaces: ', terminal)
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > MAX_BYTES) break
  }
  return text
}

export const walletImport = defineCommand({
  name: 'wallet import',
  summary: 'take over a wallet that is there already, by its 24 words',
  description:
    'Reads the 24 words of a TON wallet from standard input, or asks for them on a terminal without showing them, and writes them encrypted into the state folder. A wallet v5r1 is made of them unless --address is that of a wallet v4r2.',
  options: {
    name: withDefault(
      { flags: '--name <name>', summary: 'the wallet’s name', env: 'GSTD_WALLET', parse: asName },
      'default',
    ),
    address: optional({
      flags: '--address <address>',
      summary: 'the wallet’s address: checked, and says which wallet contract it is',
      parse: asText,
    }),
  },
  examples: ['gstd wallet import', 'gstd wallet import --name old --address UQ… < words.txt'],
  run: async (context, { name, address: given }) => {
    const network = await context.network()
    const { importWallet } = await import('./importWallet.ts')
    const { friendlyAddress } = await import('./tonWallet.ts')
    const { parseAddress } = await import('./parseAddress.ts')
    const file = walletFile(context.stateDir, name)
    const known = await readWalletFile(context.stateDir, name)
    if (known !== undefined) {
      throw new GstdError('CONFIG_INVALID', `there is a wallet "${name}" already`, {
        details: { file, address: known.fields.address, next: `gstd wallet show --name ${name}` },
        hint: 'take another --name; wallets are never overwritten',
      })
    }
    const expected = given === undefined ? undefined : parseAddress(given)
    const wallet = await importWallet(file, await readWords(), expected, context.keyring(network))
    const friendly = friendlyAddress(wallet.address, network.network)
    return {
      data: { name, address: wallet.address, address_friendly: friendly, wallet: wallet.version, file },
      human: (style) =>
        facts(style, [
          ['wallet', style.bold(name)],
          ['address', friendly],
          ['raw', wallet.address],
          ['contract', `wallet ${wallet.version}`],
          ['file', file],
        ]),
      quiet: wallet.address,
    }
  },
})
