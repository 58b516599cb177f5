import { formatAmount, parseAmount } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { asTon, optional } from '../program/option.ts'
import { sessionExpiresOption, walletOption } from '../program/sharedOptions.ts'
import { writeJsonFile } from '../state/jsonFile.ts'
import { sessionFile } from '../state/paths.ts'
import { allowance, sessionJson, timeOf } from './escrowView.ts'

export const escrowDeposit = defineCommand({
  name: 'escrow deposit',
  summary: 'pay in for tasks and set the session key that signs them',
  description:
    'Pays TON from the wallet into its escrow; the first deposit makes the escrow. Also makes the session key, or prolongs it: it signs tasks and reads so that the wallet’s own key is not needed, can spend at most its cap, on tasks only, and expires.',
  argument: { name: '<ton>', summary: 'how much, such as 1 or 0.5' },
  options: {
    wallet: walletOption,
    cap: optional({
      flags: '--cap <ton>',
      summary: 'most that the session key may spend from now on (default: all that the escrow holds)',
      parse: (text: string) => parseAmount(asTon(text)),
    }),
    sessionExpires: sessionExpiresOption('--session-expires <duration>'),
  },
  examples: ['gstd escrow deposit 1', 'gstd escrow deposit 5 --cap 0.5 --session-expires 1d'],
  run: async (context, { wallet: name, cap, sessionExpires }, amount) => {
    const amountNano = parseAmount(asTon(amount))
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { readCurrentSession } = await import('../session/keepSession.ts')
    const { depositToEscrow } = await import('./depositToEscrow.ts')
    const file = sessionFile(context.stateDir, name)
    const { session, state } = await depositToEscrow({
      chain: openChain(network),
      network,
      wallet: await openWallet(context.keyring(network), name),
      amountNano,
      capNano: cap,
      sessionMs: sessionExpires,
      sessionFile: file,
      known: (currentKey) => readCurrentSession(context.stateDir, name, currentKey),
      save: (made) => writeJsonFile(file, made, 'private'),
      signal: context.signal,
    })
    return {
      data: {
        escrow: session.escrow,
        requester: session.requester,
        deposited_nano: amountNano.toString(),
        balance_nano: state.balanceNano.toString(),
        charged_nano: state.chargedNano.toString(),
        session: sessionJson(state.session),
      },
      human: (style) =>
        facts(style, [
          ['deposited', style.good(`${formatAmount(amountNano)} TON`)],
          ['escrow', session.escrow],
          ['holds', `${formatAmount(state.balanceNano)} TON, charged so far ${formatAmount(state.chargedNano)} TON`],
          [
            'session',
            `may spend ${allowance(state.session.capNano - state.chargedNano, state.balanceNano)} until ${timeOf(state.session.expiresAtSec)}`,
          ],
          ['key file', file],
        ]),
      quiet: session.escrow,
    }
  },
})
