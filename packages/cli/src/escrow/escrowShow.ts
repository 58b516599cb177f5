import { type EscrowView, formatAmount, GstdError } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import type { Context } from '../program/context.ts'
import { walletOption } from '../program/sharedOptions.ts'
import { openReader } from '../session/openReader.ts'
import { sessionJson, timeOf } from './escrowView.ts'

/** What only the coordinator knows; the chain's part is shown without it. */
const askCoordinator = async (context: Context, wallet: string): Promise<EscrowView | undefined> => {
  try {
    const reader = await openReader(context, wallet)
    return await reader.escrow({ signal: context.signal })
  } catch (thrown) {
    if (!(thrown instanceof GstdError)) throw thrown
    context.output.note(`the coordinator’s part is missing: ${thrown.message}`)
    return undefined
  }
}

export const escrowShow = defineCommand({
  name: 'escrow show',
  summary: 'show what the escrow holds and what is reserved',
  options: { wallet: walletOption },
  examples: ['gstd escrow show', 'gstd escrow show --output json'],
  run: async (context, { wallet: name }) => {
    const network = await context.network()
    const { readWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { readEscrow } = await import('./readEscrow.ts')
    const wallet = await readWallet(context.stateDir, name, network)
    const { address, state } = await readEscrow(openChain(network), wallet.address, network.vault)
    if (state === undefined) {
      throw new GstdError('ESCROW_UNKNOWN', `wallet "${name}" has no escrow on this network`, {
        details: {
          escrow: address,
          next: `gstd escrow deposit 1${name === 'default' ? '' : ` --wallet ${name}`}`,
        },
      })
    }
    const view = await askCoordinator(context, name)
    const session = sessionJson(state.session)
    const free = view && state.balanceNano - BigInt(view.accepted_nano) - BigInt(view.reserved_nano)
    return {
      data: {
        escrow: address,
        requester: wallet.address,
        balance_nano: state.balanceNano.toString(),
        charged_nano: state.chargedNano.toString(),
        tasks: state.tasks,
        close_at_sec: state.closeAtSec,
        session,
        coordinator:
          view === undefined ? null : { accepted_nano: view.accepted_nano, reserved_nano: view.reserved_nano },
      },
      human: (style) =>
        facts(style, [
          ['escrow', address],
          ['holds', style.bold(`${formatAmount(state.balanceNano)} TON`)],
          [
            'charged',
            `${formatAmount(state.chargedNano)} TON for ${state.tasks} ${state.tasks === 1 ? 'task' : 'tasks'}`,
          ],
          ['to be charged', view && `${formatAmount(BigInt(view.accepted_nano))} TON for accepted tasks`],
          ['reserved', view && `${formatAmount(BigInt(view.reserved_nano))} TON for tasks under way`],
          ['free', free === undefined ? undefined : `${formatAmount(free > 0n ? free : 0n)} TON`],
          [
            'session',
            session === null
              ? 'none'
              : `may spend up to ${formatAmount(state.session.capNano)} TON in all until ${timeOf(state.session.expiresAtSec)}`,
          ],
          ['closing', state.closeAtSec === 0 ? undefined : style.warn(timeOf(state.closeAtSec))],
        ]),
      quiet: state.balanceNano.toString(),
    }
  },
})
