import { createReader, type ErrorCode, GstdError, type NetworkConfig, type Reader, requestReadToken } from '@gstd/sdk'
import type { Context } from '../program/context.ts'
import { readWalletFile } from '../wallet/walletFile.ts'
import { openClient } from './openClient.ts'

/** What `openClient` says where there is no session key in force. */
const NO_SESSION: ReadonlySet<ErrorCode> = new Set(['CONFIG_MISSING', 'SESSION_KEY_UNKNOWN'])

const readAsWallet = async (context: Context, name: string, network: NetworkConfig): Promise<Reader> => {
  const { openWallet } = await import('../wallet/openWallet.ts')
  const { proveWallet } = await import('@gstd/sdk/contracts')
  const { signer, version } = await openWallet(context.keyring(network), name)
  const token = await requestReadToken({
    coordinator: network.coordinator,
    signal: context.signal,
    prove: (challenge) =>
      proveWallet({
        signer,
        wallet: version,
        network: network.network,
        timestamp: Math.floor(Date.now() / 1000),
        ...challenge,
      }),
  })
  return createReader({ network, token })
}

/**
 * Opens what a wallet may read: with its session key, or where none is in force, by proving its address.
 *
 * @throws GstdError as `openClient` when there is no wallet, `WALLET_PROOF_INVALID`, `KEYSTORE_LOCKED`
 */
export const openReader = async (context: Context, wallet: string): Promise<Reader> => {
  try {
    return (await openClient(context, wallet)).client
  } catch (thrown) {
    if (!(thrown instanceof GstdError) || !NO_SESSION.has(thrown.code)) throw thrown
    const network = await context.network()
    const found = await readWalletFile(context.stateDir, wallet)
    if (found?.fields.network !== network.network) throw thrown
    context.output.note('there is no session key in force: the wallet proves its address instead')
    return readAsWallet(context, wallet, network)
  }
}
