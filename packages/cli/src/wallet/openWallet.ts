import { GstdError } from '@gstd/sdk'
import { writeJsonFile } from '../state/jsonFile.ts'
import { walletFile } from '../state/paths.ts'
import { newWallet, type TonWallet, walletFromMnemonic } from './tonWallet.ts'
import { readWalletFile, type WalletFile } from './walletFile.ts'

/**
 * Opens a wallet of the state folder.
 *
 * @throws GstdError `CONFIG_MISSING` when there is none, `NETWORK_MISMATCH` when it is for another network,
 * `STATE_CORRUPT`
 */
export const openWallet = async (stateDir: string, name: string, network: number): Promise<TonWallet> => {
  const file = await readWalletFile(stateDir, name)
  if (file === undefined) {
    const named = name === 'default' ? '' : ` --name ${name}`
    throw new GstdError('CONFIG_MISSING', `there is no wallet "${name}"`, {
      details: { file: walletFile(stateDir, name), next: `gstd wallet create --fund${named}` },
    })
  }
  return unlockWallet(file, walletFile(stateDir, name), network)
}

/**
 * Derives a wallet from its file.
 *
 * @throws GstdError `NETWORK_MISMATCH`, `STATE_CORRUPT` when the words do not belong to the address
 */
export const unlockWallet = async (file: WalletFile, path: string, network: number): Promise<TonWallet> => {
  if (file.network !== network) {
    throw new GstdError(
      'NETWORK_MISMATCH',
      `the wallet in ${path} is for network ${file.network}, this is ${network}`,
      {
        details: { file: path, network: file.network, expected: network },
        hint: 'take another wallet, or another network',
      },
    )
  }
  const wallet = await walletFromMnemonic(file.mnemonic, network)
  if (wallet.address !== file.address) {
    throw new GstdError('STATE_CORRUPT', `the words in ${path} do not belong to its address`, {
      details: { file: path },
    })
  }
  return wallet
}

/** Opens a wallet's file, and makes it when it is not there. @returns whether it was made */
export const openOrMakeWallet = async (path: string, read: () => Promise<WalletFile | undefined>, network: number) => {
  const known = await read()
  if (known !== undefined) return { wallet: await unlockWallet(known, path, network), made: false }
  const made = await newWallet(network)
  await writeJsonFile(path, made, 'private')
  return { wallet: await unlockWallet(made, path, network), made: true }
}
