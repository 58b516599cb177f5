import { formatAmount } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asName, asText, optional, withDefault } from '../program/option.ts'

export const walletBalance = defineCommand({
  name: 'wallet balance',
  summary: 'read a wallet’s TON and GSTD from the chain',
  options: {
    name: withDefault(
      { flags: '--name <name>', summary: 'the wallet’s name', env: 'GSTD_WALLET', parse: asName },
      'default',
    ),
    address: optional({
      flags: '--address <address>',
      summary: 'any address instead of a wallet’s',
      parse: asText,
    }),
  },
  examples: ['gstd wallet balance', 'gstd wallet balance --address UQ… --output json'],
  run: async (context, { name, address: given }) => {
    const network = await context.network()
    // TON's libraries take half a second to load: only the commands that need them wait for it.
    const { openChain } = await import('../chain/openChain.ts')
    const { readGstd } = await import('../chain/readGstd.ts')
    const { parseAddress } = await import('./parseAddress.ts')
    const { readWallet } = await import('./openWallet.ts')
    const address =
      given !== undefined ? parseAddress(given) : (await readWallet(context.stateDir, name, network)).address
    const chain = openChain(network)
    const [balanceNano, gstdNano, deployed] = await Promise.all([
      chain.balance(address),
      readGstd(chain, network.gstd_master, address),
      chain.isDeployed(address),
    ])
    return {
      data: { address, balance_nano: balanceNano.toString(), gstd_nano: gstdNano.toString(), deployed },
      human: (style) =>
        facts(style, [
          ['address', address],
          ['TON', style.bold(formatAmount(balanceNano))],
          ['GSTD', formatAmount(gstdNano)],
          ['contract', deployed ? 'deployed' : 'not deployed yet; its first message does that'],
        ]),
      quiet: balanceNano.toString(),
    }
  },
})
