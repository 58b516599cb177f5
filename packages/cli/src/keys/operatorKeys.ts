import { GstdError } from '@gstd/sdk'
import { WalletContractV5R1 } from '@ton/ton'
import type { Keyring } from '../keystore/createKeyring.ts'
import { keyFile, type OperatorKey } from '../state/paths.ts'
import { openOrMakeWallet, openWalletAt } from '../wallet/openWallet.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { openOrMakeSeed, readSeedFile, type Seed, unlockSeed } from './seedFile.ts'

/** What whoever operates a network holds. On a devnet all of it is in one folder; elsewhere it must not be. */
export type OperatorKeys = {
  /** Sends the chain's messages and is repaid by the tariff. */
  operator: TonWallet
  guardian: TonWallet
  /** May mint test GSTD; a wallet of its own, so that nobody waits for the operator's. */
  minter: TonWallet
  coordinator: Seed
  auditor: Seed
}

const missing = (key: OperatorKey, file: string): GstdError =>
  new GstdError('CONFIG_MISSING', `the ${key}’s key is not here`, {
    details: { file, next: 'gstd devnet start' },
    hint: `put it into ${file}; a devnet makes all keys, "gstd auditor key" and "gstd coordinator deploy" those of other networks`,
  })

/** Opens the keys of a devnet, and makes those that are not there. */
export const openOrMakeOperatorKeys = async (keyring: Keyring): Promise<OperatorKeys> => {
  const fileOf = (key: OperatorKey) => keyFile(keyring.stateDir, key)
  const wallet = async (key: 'operator' | 'guardian' | 'minter') =>
    (await openOrMakeWallet(fileOf(key), keyring)).wallet
  return {
    operator: await wallet('operator'),
    guardian: await wallet('guardian'),
    minter: await wallet('minter'),
    coordinator: await openOrMakeSeed(fileOf('coordinator'), keyring),
    auditor: await openOrMakeSeed(fileOf('auditor'), keyring),
  }
}

/** @throws GstdError `CONFIG_MISSING` when the wallet or its passphrase is not here, `KEYSTORE_LOCKED`, `STATE_CORRUPT` */
export const openKeyWallet = async (keyring: Keyring, key: 'operator' | 'minter'): Promise<TonWallet> => {
  const file = keyFile(keyring.stateDir, key)
  const wallet = await openWalletAt(file, keyring)
  if (wallet === undefined) throw missing(key, file)
  return wallet
}

/**
 * Opens the wallet that sends the coordinator's messages: many at once, which only v5 takes.
 *
 * @throws GstdError as `openKeyWallet`; `CONFIG_INVALID` for an older wallet
 */
export const openOperatorWallet = async (keyring: Keyring): Promise<TonWallet & { contract: WalletContractV5R1 }> => {
  const wallet = await openKeyWallet(keyring, 'operator')
  const { contract } = wallet
  if (contract instanceof WalletContractV5R1) return { ...wallet, contract }
  throw new GstdError('CONFIG_INVALID', 'the operator’s wallet must be a wallet v5r1', {
    details: { address: wallet.address, version: wallet.version },
  })
}

/**
 * Opens the coordinator's or auditor's key.
 *
 * @param publicKey - the key that the network's file names
 * @throws GstdError `CONFIG_MISSING` when it or its passphrase is not here, `CONFIG_INVALID` when it is another key,
 * `KEYSTORE_LOCKED`, `STATE_CORRUPT`
 */
export const openSeed = async (keyring: Keyring, key: 'coordinator' | 'auditor', publicKey: string): Promise<Seed> => {
  const file = keyFile(keyring.stateDir, key)
  const found = await readSeedFile(file)
  if (found === undefined) throw missing(key, file)
  if (found.fields.public_key !== publicKey) {
    throw new GstdError('CONFIG_INVALID', `the key in ${file} is not the network’s ${key} key`, {
      details: { file, public_key: found.fields.public_key, expected: publicKey },
      hint: 'the key and the network’s file belong to different networks',
    })
  }
  return unlockSeed(found, file, keyring)
}
