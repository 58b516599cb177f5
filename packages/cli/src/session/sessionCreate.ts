import { GstdError, parseAmount } from '@gstd/sdk'
import type { EscrowState } from '@gstd/sdk/contracts'
import { allowance, sessionJson, timeOf } from '../escrow/escrowView.ts'
import { facts } from '../output/style.ts'
import { defineCommand } from '../program/command.ts'
import type { Context } from '../program/context.ts'
import { asTon, flag, optional } from '../program/option.ts'
import { sessionExpiresOption, walletOption } from '../program/sharedOptions.ts'
import { sessionFile } from '../state/paths.ts'
import type { Session } from './sessionFile.ts'

/** The contract allows 7 days from its own clock, which may be a little behind this one. */
const MAX_SESSION_MS = 7 * 86_400_000 - 600_000

type CreateOptions = { name: string; cap: bigint | undefined; expiresMs: number | undefined; sameKey: boolean }

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const createSession = async (
  context: Context,
  { name, cap, expiresMs, sameKey }: CreateOptions,
): Promise<{ session: Session; state: EscrowState }> => {
  const { stateDir, signal } = context
  const network = await context.network()
  const { openWallet } = await import('../wallet/openWallet.ts')
  const { openChain } = await import('../chain/openChain.ts')
  const { adoptNextSession, keepNextSession, readCurrentSession } = await import('./keepSession.ts')
  const { checkNotLowered } = await import('./checkNotLowered.ts')
  const { checkReplaceable } = await import('./checkReplaceable.ts')
  const { planSession, readOpenEscrow, sendSession } = await import('./setSession.ts')
  const chain = openChain(network)
  const wallet = await openWallet(context.keyring(network), name)
  const { address: escrow, state } = await readOpenEscrow(chain, wallet, network)
  const nowSec = await chain.nowSec(wallet.address)
  const wantedCap = state.chargedNano + (cap ?? state.balanceNano)
  const wantedEnd = nowSec + Math.floor(Math.min(expiresMs ?? MAX_SESSION_MS, MAX_SESSION_MS) / 1000)
  const plan = { network, requester: wallet.address, escrow }
  const current = await readCurrentSession(stateDir, name, state.session.key)
  if (sameKey) {
    if (current?.public_key !== state.session.key) {
      throw new GstdError('CONFIG_MISSING', `the escrow’s session key is not in ${sessionFile(stateDir, name)}`, {
        details: { public_key: state.session.key },
        hint: 'leave out --same-key to make a new one',
      })
    }
    checkNotLowered(state, { capNano: cap, expiresMs, expiresFlag: '--expires' }, nowSec)
    const { capNano, expiresAtSec } = state.session
    const limits = { capNano: max(wantedCap, capNano), expiresAtSec: Math.max(wantedEnd, expiresAtSec) }
    const session = planSession({ ...plan, ...limits, seed: current.seed })
    const after = await sendSession({ chain, wallet, signal }, session)
    await keepNextSession(stateDir, name, session)
    await adoptNextSession(stateDir, name)
    return { session, state: after }
  }
  checkReplaceable(state, nowSec, 'create')
  const session = planSession({ ...plan, capNano: wantedCap, expiresAtSec: wantedEnd })
  await keepNextSession(stateDir, name, session)
  const after = await sendSession({ chain, wallet, signal }, session)
  await adoptNextSession(stateDir, name)
  return { session, state: after }
}

export const sessionCreate = defineCommand({
  name: 'session create',
  summary: 'set a new session key in the escrow',
  description:
    'Makes a key that signs tasks and reads in the wallet’s place, and sets it in the escrow: it can spend at most its cap, on tasks only, and expires. The key before it signs nothing further; what it had authorised can still be charged. The escrow remembers one such key, so another can be set only 72 h after that one has expired. Keep that for a key that you lose: prolong the current one with --same-key.',
  options: {
    wallet: walletOption,
    cap: optional({
      flags: '--cap <ton>',
      summary: 'most that the key may spend from now on (default: all that the escrow holds)',
      parse: (text: string) => parseAmount(asTon(text)),
    }),
    expires: sessionExpiresOption('--expires <duration>'),
    sameKey: flag('--same-key', 'prolong or raise the current key instead, which is always possible'),
  },
  examples: ['gstd session create', 'gstd session create --cap 0.5 --expires 1d', 'gstd session create --same-key'],
  run: async (context, { wallet: name, cap, expires, sameKey }) => {
    const { session, state } = await createSession(context, { name, cap, expiresMs: expires, sameKey })
    const { capNano, expiresAtSec } = state.session
    return {
      data: { escrow: session.escrow, requester: session.requester, session: sessionJson(state.session) },
      human: (style) =>
        facts(style, [
          ['session', style.good(sameKey ? 'the same key, with new limits' : 'a new key')],
          ['may spend', `${allowance(capNano - state.chargedNano, state.balanceNano)} until ${timeOf(expiresAtSec)}`],
          ['public key', session.public_key],
          ['key file', sessionFile(context.stateDir, name)],
        ]),
      quiet: session.public_key,
    }
  },
})
