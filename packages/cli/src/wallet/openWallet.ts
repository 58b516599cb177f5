import { GstdError } from '@gstd/sdk'
import { isDevnet, type Keyring, type NetworkName } from '../keystore/createKeyring.ts'
import { openSecret, writeSecret } from '../keystore/openSecret.ts'
import { walletFile } from '../state/paths.ts'
import { fieldsOf, newMnemonic, type TonWallet, walletFromMnemonic } from './tonWallet.ts'
import { readWalletAt, readWalletFile, type WalletFields, type WalletFile } from './walletFile.ts'

const checkNetwork = ({ network }: WalletFields, file: string, expected: number): void => {
  if (network === expected) return
  throw new GstdError('NETWORK_MISMATCH', `the wallet in ${file} is for network ${network}, this is ${expected}`, {
    details: { file, network, expected },
    hint: 'take another wallet, or another network',
  })
}

const find = async (stateDir: string, name: string, network: NetworkName): Promise<WalletFile> => {
  const found = await readWalletFile(stateDir, name)
  const path = walletFile(stateDir, name)
  if (found === undefined) {
    const flags = `${isDevnet(network) ? ' --fund' : ''}${name === 'default' ? '' : ` --name ${name}`}`
    throw new GstdError('CONFIG_MISSING', `there is no wallet "${name}"`, {
      details: { file: path, next: `gstd wallet create${flags}` },
    })
  }
  checkNetwork(found.fields, path, network.network)
  return found
}

/**
 * Reads what is public of a wallet of the state folder; its secret stays closed.
 *
 * @throws GstdError `CONFIG_MISSING` when there is none, `NETWORK_MISMATCH` when it is for another network,
 * `STATE_CORRUPT`, `STATE_EXPOSED`
 */
export const readWallet = async (stateDir: string, name: string, network: NetworkName): Promise<WalletFields> =>
  (await find(stateDir, name, network)).fields

/** A wallet, and the words that it comes from. */
type Unlocked = { wallet: TonWallet; words: string }

/**
 * Opens a wallet's file.
 *
 * @throws GstdError `NETWORK_MISMATCH`, `KEYSTORE_LOCKED`, `CONFIG_MISSING` without a passphrase, `STATE_CORRUPT` when the
 * words do not belong to the address
 */
const unlock = (file: WalletFile, path: string, keyring: Keyring): Promise<Unlocked> => {
  const { fields } = file
  const { network } = keyring.network
  checkNetwork(fields, path, network)
  return openSecret(path, fields, file.secret, keyring, async (words) => {
    const wallet = await walletFromMnemonic(words.split(' '), network, fields.wallet)
    if (wallet.address !== fields.address || wallet.signer.publicKey !== fields.public_key) {
      throw new GstdError('STATE_CORRUPT', `the words in ${path} do not belong to its address`, {
        details: { file: path },
      })
    }
    return { wallet, words }
  })
}

/**
 * Opens a wallet of the state folder.
 *
 * @throws GstdError as `readWallet`; `KEYSTORE_LOCKED`, `CONFIG_MISSING` without a passphrase
 */
export const openWallet = async (keyring: Keyring, name: string): Promise<TonWallet> =>
  (await revealWallet(keyring, name)).wallet

/** Opens a wallet of the state folder as `openWallet` does. @returns its words as well, separated by spaces */
export const revealWallet = async (keyring: Keyring, name: string): Promise<Unlocked> =>
  unlock(await find(keyring.stateDir, name, keyring.network), walletFile(keyring.stateDir, name), keyring)

/** Opens a wallet's file. @returns undefined when there is none @throws GstdError as `openWallet` */
export const openWalletAt = async (path: string, keyring: Keyring): Promise<TonWallet | undefined> => {
  const known = await readWalletAt(path)
  return known === undefined ? undefined : (await unlock(known, path, keyring)).wallet
}

/** Opens a wallet's file, and makes it when it is not there. @returns whether it was made */
export const openOrMakeWallet = async (
  path: string,
  keyring: Keyring,
): Promise<{ wallet: TonWallet; made: boolean }> => {
  const { network } = keyring.network
  const known = await openWalletAt(path, keyring)
  if (known !== undefined) return { wallet: known, made: false }
  const words = await newMnemonic()
  const wallet = await walletFromMnemonic(words, network, 'v5r1')
  await writeSecret(path, fieldsOf(wallet, network), words.join(' '), keyring)
  return { wallet, made: true }
}
