import { type Client, createClient, createSigner, GstdError, type NetworkConfig } from '@gstd/sdk'
import type { Context } from '../program/context.ts'
import { sessionFile, walletFile } from '../state/paths.ts'
import { readWalletFile } from '../wallet/walletFile.ts'
import { readSession } from './readSession.ts'
import type { Session } from './sessionFile.ts'

/** A requester at work: its client, and what the client was made of. */
export type OpenClient = { client: Client; network: NetworkConfig; session: Session }

/**
 * Opens the client of a wallet with its session key.
 *
 * @throws GstdError `CONFIG_MISSING` when the network, the wallet or the session is missing, with the command that
 * makes it; `SESSION_KEY_UNKNOWN` when the session is over or belongs to another network
 */
export const openClient = async (context: Context, wallet: string): Promise<OpenClient> => {
  const network = await context.network()
  const session = await readSession(context.stateDir, wallet)
  if (session === undefined) {
    const isThere = (await readWalletFile(context.stateDir, wallet)) !== undefined
    const named = wallet === 'default' ? '' : `--wallet ${wallet}`
    throw isThere
      ? new GstdError('CONFIG_MISSING', `wallet "${wallet}" has no escrow session`, {
          details: { file: sessionFile(context.stateDir, wallet), next: `gstd escrow deposit 1 ${named}`.trim() },
          hint: 'a deposit makes the escrow and the session key that signs tasks',
        })
      : new GstdError('CONFIG_MISSING', `there is no wallet "${wallet}"`, {
          details: {
            file: walletFile(context.stateDir, wallet),
            next: `gstd wallet create --fund ${named.replace('--wallet', '--name')}`.trim(),
          },
          hint: 'tasks are paid from a wallet’s escrow: make a wallet, then deposit',
        })
  }
  if (session.network !== network.network || session.vault !== network.vault) {
    throw new GstdError('SESSION_KEY_UNKNOWN', `the session of wallet "${wallet}" is for another network`, {
      details: { vault: session.vault, expected: network.vault },
      hint: 'deposit on this network to get a session key for it',
    })
  }
  if (session.expires_at_sec * 1000 <= Date.now()) {
    throw new GstdError('SESSION_KEY_UNKNOWN', `the session of wallet "${wallet}" has expired`, {
      details: { expires_at_sec: session.expires_at_sec },
      hint: 'any deposit renews it',
    })
  }
  const { requester, escrow, seed } = session
  return { client: createClient({ network, requester, escrow, sessionKey: createSigner(seed) }), network, session }
}
