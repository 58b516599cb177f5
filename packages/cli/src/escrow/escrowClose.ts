import { setTimeout as delay } from 'node:timers/promises'
import { formatAmount, GstdError } from '@gstd/sdk'
import { facts } from '../output/style.ts'
import type { View } from '../output/output.ts'
import { defineCommand } from '../program/command.ts'
import type { Context } from '../program/context.ts'
import { flag } from '../program/option.ts'
import { walletOption } from '../program/sharedOptions.ts'
import type { Closing } from './closeEscrow.ts'
import { timeOf } from './escrowView.ts'

const MAX_PAUSE_MS = 60_000

const waitForDate = async (context: Context, closing: Closing): Promise<void> => {
  const date = timeOf(closing.closeAtSec)
  context.output.note(`waiting until ${date}; Ctrl-C leaves it to the next "gstd escrow close"`)
  for (;;) {
    const leftSec = closing.closeAtSec - (await closing.nowSec())
    if (leftSec <= 0) return
    try {
      await delay(Math.min(MAX_PAUSE_MS, leftSec * 1000), undefined, { signal: context.signal })
    } catch {
      context.signal.throwIfAborted()
    }
  }
}

const announced = (escrow: string, closing: Closing): View => ({
  data: { escrow, step: 'announced', close_at_sec: closing.closeAtSec, balance_nano: closing.balanceNano.toString() },
  human: (style) =>
    facts(style, [
      ['escrow', escrow],
      ['closing', style.good('announced: it takes no new tasks from now on')],
      ['until then', 'tasks under way are finished and charged'],
      ['money back', `from ${timeOf(closing.closeAtSec)}, by "gstd escrow close" once more`],
    ]),
  quiet: String(closing.closeAtSec),
})

export const escrowClose = defineCommand({
  name: 'escrow close',
  summary: 'end the escrow and get back what is left',
  description:
    'In two steps. The first one ends intake: no new tasks, while those under way are finished and charged. 72 h later the second one pays back what is left to the wallet. The account stays, so that nothing is ever charged twice; a deposit opens it again.',
  options: {
    wallet: walletOption,
    wait: flag('--wait', 'wait for the date of the second step and do it, up to 72 h'),
  },
  examples: ['gstd escrow close', 'gstd escrow close --wait'],
  run: async (context, { wallet: name, wait }) => {
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { announceClosing, finishClosing, readClosing } = await import('./closeEscrow.ts')
    const wallet = await openWallet(context.keyring(network), name)
    const parties = { chain: openChain(network), network, wallet, signal: context.signal }
    let closing = await readClosing(parties)
    if (closing.closeAtSec === 0) {
      closing = await announceClosing(parties)
      if (!wait) return announced(closing.address, closing)
    }
    if ((await closing.nowSec()) < closing.closeAtSec) {
      if (!wait) {
        throw new GstdError('ESCROW_CLOSING', `the rest can be paid back from ${timeOf(closing.closeAtSec)}`, {
          details: { escrow: closing.address, close_at_sec: closing.closeAtSec },
          hint: 'come back then, or let it wait: gstd escrow close --wait',
        })
      }
      await waitForDate(context, closing)
    }
    const returnedNano = await finishClosing(parties)
    return {
      data: { escrow: closing.address, step: 'closed', returned_nano: returnedNano.toString(), to: wallet.address },
      human: (style) =>
        facts(style, [
          ['escrow', closing.address],
          ['closed', style.good(`${formatAmount(returnedNano)} TON paid back`)],
          ['to', wallet.address],
        ]),
      quiet: returnedNano.toString(),
    }
  },
})
