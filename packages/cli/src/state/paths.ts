import { join } from 'node:path'

/** The network that `devnet start` made. */
export const networkFile = (stateDir: string): string => join(stateDir, 'network.json')
export const devnetDir = (stateDir: string): string => join(stateDir, 'devnet')
export const coordinatorDir = (stateDir: string): string => join(stateDir, 'coordinator')
export const auditorDir = (stateDir: string): string => join(stateDir, 'auditor')
export const workerDir = (stateDir: string, name: string): string => join(stateDir, `worker-${name}`)
/** Models are shared by all workers of a machine. */
export const modelsDir = (stateDir: string): string => join(stateDir, 'models')
export const walletFile = (stateDir: string, name: string): string => join(stateDir, 'wallets', `${name}.json`)
/** A requester's session key. */
export const sessionFile = (stateDir: string, name: string): string => join(stateDir, 'sessions', `${name}.json`)
/** A session key that is on its way to the chain. */
export const nextSessionFile = (stateDir: string, name: string): string =>
  join(stateDir, 'sessions', `${name}.next.json`)
/** Ids of what a wallet submitted last. */
export const historyFile = (stateDir: string, name: string): string => join(stateDir, 'history', `${name}.json`)

/** Who has a key in the operator's folder. */
export type OperatorKey = 'operator' | 'guardian' | 'minter' | 'coordinator' | 'auditor'

export const keyFile = (stateDir: string, key: OperatorKey): string => join(stateDir, 'keys', `${key}.json`)

/** Stands in for a passphrase on a devnet. */
export const devnetKeyFile = (stateDir: string): string => join(stateDir, 'keys', 'devnet.key')
