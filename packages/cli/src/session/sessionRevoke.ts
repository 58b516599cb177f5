import { formatAmount } from '@gstd/sdk'
import { timeOf } from '../escrow/escrowView.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import { walletOption } from '../program/sharedOptions.ts'
import { CHARGEABLE_AFTER_END_SEC } from './sessionFile.ts'

/** The new key may do nothing: it only has to outlive the block that takes it. */
const SHORTEST_SEC = 120

export const sessionRevoke = defineCommand({
  name: 'session revoke',
  summary: 'take the session key’s power away',
  description:
    'Sets another key in the place of the session key, one that may spend nothing and expires in two minutes. From then on the coordinator takes no task and answers no read that the old key signs. It cannot take back what the old key signed before: that can be charged up to its cap until 72 h after its expiry, by coordinator and auditor together. The escrow remembers one key before the current one, so this is refused until 72 h after the expiry of a key that was replaced before; what works then is "gstd escrow close". The next deposit, or "gstd session create --same-key", gives the new key power.',
  options: { wallet: walletOption },
  examples: ['gstd session revoke'],
  run: async (context, { wallet: name }) => {
    const { stateDir, signal } = context
    const network = await context.network()
    const { openWallet } = await import('../wallet/openWallet.ts')
    const { openChain } = await import('../chain/openChain.ts')
    const { adoptNextSession, keepNextSession, readCurrentSession } = await import('./keepSession.ts')
    const { checkReplaceable } = await import('./checkReplaceable.ts')
    const { planSession, readOpenEscrow, sendSession } = await import('./setSession.ts')
    const chain = openChain(network)
    const wallet = await openWallet(context.keyring(network), name)
    const { address: escrow, state } = await readOpenEscrow(chain, wallet, network)
    await readCurrentSession(stateDir, name, state.session.key)
    const nowSec = await chain.nowSec(wallet.address)
    checkReplaceable(state, nowSec, 'revoke')
    const limits = { capNano: state.chargedNano, expiresAtSec: nowSec + SHORTEST_SEC }
    const session = planSession({ network, requester: wallet.address, escrow, ...limits })
    await keepNextSession(stateDir, name, session)
    await sendSession({ chain, wallet, signal }, session)
    await adoptNextSession(stateDir, name)
    const { key, capNano, expiresAtSec } = state.session
    const untilSec = expiresAtSec + CHARGEABLE_AFTER_END_SEC
    const openNano = capNano > state.chargedNano ? capNano - state.chargedNano : 0n
    const mostNano = openNano < state.balanceNano ? openNano : state.balanceNano
    return {
      data: {
        escrow,
        requester: wallet.address,
        revoked: key,
        chargeable_nano: mostNano.toString(),
        chargeable_until_sec: untilSec,
        new_key: session.public_key,
      },
      human: (style) =>
        facts(style, [
          ['revoked', style.good(key)],
          ['charged so far', `${formatAmount(state.chargedNano)} TON`],
          [
            'still possible',
            `charges of at most ${formatAmount(mostNano)} TON that it signed before, until ${timeOf(untilSec)}`,
          ],
          ['to go on', 'gstd session create --same-key, or any deposit'],
        ]),
      quiet: key,
    }
  },
})
