import type { NetworkConfig } from '@gstd/sdk'
import type { Keyring, NetworkName } from '../keystore/createKeyring.ts'
import type { Output } from '../output/output.ts'

/** What every command is given: where its state is, which network it speaks to, how it shows things. */
export type Context = {
  readonly output: Output
  /** Folder of networks, keys, wallets and sessions; made when something is written. */
  readonly stateDir: string
  /** `--network` as given: `devnet` or a file. */
  readonly networkName: string
  /** `--coordinator` as given. */
  readonly coordinator: string | undefined
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the parent goes; its reason is an {@link Interruption}. */
  readonly signal: AbortSignal
  /** @throws GstdError `CONFIG_MISSING`, `CONFIG_INVALID` */
  network(): Promise<NetworkConfig>
  /** @returns what opens and seals the secrets of the state folder on a network. */
  keyring(network: NetworkName): Keyring
  /** @returns a command line for the user to copy, with the global flags that were given. */
  commandLine(words: string): string
}

/** Why a command ended early: somebody asked it to. */
export class Interruption extends Error {
  readonly exitCode: number
  /** What was on its way to the chain by then, and may arrive all the same. */
  readonly sent: string | undefined

  constructor(message: string, exitCode: number, sent?: string) {
    super(message)
    this.name = 'Interruption'
    this.exitCode = exitCode
    this.sent = sent
  }
}
