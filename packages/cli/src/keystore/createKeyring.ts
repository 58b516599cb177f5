import { GstdError, type NetworkConfig } from '@gstd/sdk'
import { openOrMakeDevnetKey } from './devnetKey.ts'
import { givenPassphrase, newPassphrase, passphraseFor, type PassphraseSources } from './passphrase.ts'
import type { KeyMaterial, Sealed } from './sealed.ts'

/** What tells networks apart: the name, and the global id of the TON network. */
export type NetworkName = Pick<NetworkConfig, 'name' | 'network'>

/** Gives the keys that files of the state folder are sealed with. */
export type Keyring = {
  readonly stateDir: string
  readonly network: NetworkName
  /** @throws GstdError `CONFIG_MISSING` where there is no passphrase and nobody can be asked */
  forNew(): Promise<KeyMaterial>
  /** @throws GstdError `CONFIG_MISSING` */
  forFile(sealed: Sealed, file: string): Promise<KeyMaterial>
  /** Whether a file may stay sealed as it is on this network. */
  suffices(sealed: Sealed): boolean
}

/** Testnet's id, which a devnet shares. */
export const DEVNET_GLOBAL_ID = -3

/** A network on one's own machine, whose coins are worth nothing. */
export const isDevnet = ({ name, network }: NetworkName): boolean => name === 'devnet' && network === DEVNET_GLOBAL_ID

/**
 * Makes the keyring of one run. Everywhere it takes a passphrase; on a devnet, where none is given, a random key in
 * `keys/devnet.key`, so that nothing there ever asks. A passphrase that was typed is kept for the run.
 */
export const createKeyring = (options: {
  stateDir: string
  network: NetworkName
  sources: PassphraseSources
}): Keyring => {
  const { stateDir, network, sources } = options
  const devnet = isDevnet(network)
  let typed: string | undefined
  const remember = async (passphrase: Promise<string>): Promise<KeyMaterial> => {
    typed = await passphrase
    return { from: 'passphrase', passphrase: typed }
  }
  const fromFile = async (): Promise<KeyMaterial> => ({ from: 'file', key: await openOrMakeDevnetKey(stateDir) })
  return {
    stateDir,
    network,
    forNew: async () => {
      if (typed !== undefined) return { from: 'passphrase', passphrase: typed }
      if (devnet && (await givenPassphrase(sources)) === undefined) return fromFile()
      return remember(newPassphrase(sources))
    },
    forFile: async ({ kdf }, file) => {
      if (kdf.name === 'scrypt') {
        return typed === undefined ? remember(passphraseFor(sources, file)) : { from: 'passphrase', passphrase: typed }
      }
      if (devnet || (await givenPassphrase(sources)) !== undefined || sources.terminal !== undefined) return fromFile()
      throw new GstdError('CONFIG_MISSING', `${file} was made on a devnet, without a passphrase`, {
        details: { file },
        hint: 'give one with --passphrase-file FILE or GSTD_PASSPHRASE: the file is then encrypted with it',
      })
    },
    suffices: ({ kdf }) => devnet || kdf.name === 'scrypt',
  }
}
