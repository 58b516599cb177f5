import { GstdError } from '@gstd/sdk'
import { readJsonFile } from '../state/jsonFile.ts'
import { keyFile, type OperatorKey } from '../state/paths.ts'
import { openOrMakeWallet, unlockWallet } from '../wallet/openWallet.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'
import { walletFileSchema } from '../wallet/walletFile.ts'
import { openOrMakeSeed, readSeedFile, type SeedFile } from './seedFile.ts'

/** What whoever operates a network holds. On a devnet all of it is in one folder; elsewhere it must not be. */
export type OperatorKeys = {
  /** Sends the chain's messages and is repaid by the tariff. */
  operator: TonWallet
  guardian: TonWallet
  /** May mint test GSTD; a wallet of its own, so that nobody waits for the operator's. */
  minter: TonWallet
  coordinator: SeedFile
  auditor: SeedFile
}

const readWalletKey = (file: string) => readJsonFile(file, walletFileSchema, 'STATE_CORRUPT', 'the key’s file')

const missing = (key: OperatorKey, file: string): GstdError =>
  new GstdError('CONFIG_MISSING', `the ${key}’s key is not here`, {
    details: { file, next: 'gstd devnet start' },
    hint: `put it into ${file}, or start a devnet, which makes all keys`,
  })

/** Opens the keys of a devnet, and makes those that are not there. */
export const openOrMakeOperatorKeys = async (stateDir: string, network: number): Promise<OperatorKeys> => {
  const wallet = async (key: 'operator' | 'guardian' | 'minter') => {
    const file = keyFile(stateDir, key)
    return (await openOrMakeWallet(file, () => readWalletKey(file), network)).wallet
  }
  return {
    operator: await wallet('operator'),
    guardian: await wallet('guardian'),
    minter: await wallet('minter'),
    coordinator: await openOrMakeSeed(keyFile(stateDir, 'coordinator')),
    auditor: await openOrMakeSeed(keyFile(stateDir, 'auditor')),
  }
}

/** @throws GstdError `CONFIG_MISSING` when the wallet is not here, `STATE_CORRUPT` */
export const openKeyWallet = async (
  stateDir: string,
  key: 'operator' | 'minter',
  network: number,
): Promise<TonWallet> => {
  const file = keyFile(stateDir, key)
  const found = await readWalletKey(file)
  if (found === undefined) throw missing(key, file)
  return unlockWallet(found, file, network)
}

/**
 * Opens the coordinator's or auditor's key.
 *
 * @param publicKey - the key that the network's file names
 * @throws GstdError `CONFIG_MISSING` when it is not here, `CONFIG_INVALID` when it is another key, `STATE_CORRUPT`
 */
export const openSeed = async (
  stateDir: string,
  key: 'coordinator' | 'auditor',
  publicKey: string,
): Promise<SeedFile> => {
  const file = keyFile(stateDir, key)
  const found = await readSeedFile(file)
  if (found === undefined) throw missing(key, file)
  if (found.public_key !== publicKey) {
    throw new GstdError('CONFIG_INVALID', `the key in ${file} is not the network’s ${key} key`, {
      details: { file, public_key: found.public_key, expected: publicKey },
      hint: 'the key and the network’s file belong to different networks',
    })
  }
  return found
}
