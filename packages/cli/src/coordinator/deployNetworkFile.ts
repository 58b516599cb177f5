import { formatAmount, GstdError, type NetworkConfig } from '@gstd/sdk'
import { Vault, type VaultConfig } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import { type Chain, openChain } from '../chain/openChain.ts'
import { openOrMakeSeed } from '../keys/seedFile.ts'
import { isDevnet, type Keyring } from '../keystore/createKeyring.ts'
import { keyFile } from '../state/paths.ts'
import { openOrMakeWallet } from '../wallet/openWallet.ts'
import { friendlyAddress, type TonWallet } from '../wallet/tonWallet.ts'
import { DEPLOY_NANO, ensureTestJetton, ensureVault, testJetton, verifyJettonMaster } from './ensureContracts.ts'

/**
 * Opens the operator's wallet and the coordinator's key, and makes them when they are not there.
 *
 * @throws GstdError `USAGE_INVALID` when one party would hold two keys; what the keyring throws
 */
export const openDeployKeys = async (
  keyring: Keyring,
  others: { guardian: string; auditorKey: string },
): Promise<{ operator: TonWallet; coordinatorKey: string }> => {
  const { stateDir } = keyring
  const { wallet: operator } = await openOrMakeWallet(keyFile(stateDir, 'operator'), keyring)
  const { public_key: coordinatorKey } = await openOrMakeSeed(keyFile(stateDir, 'coordinator'), keyring)
  const refuse = (flag: string, message: string): GstdError =>
    new GstdError('USAGE_INVALID', `${flag}: ${message}`, { hint: 'it must be held by somebody else' })
  if (others.auditorKey === coordinatorKey) throw refuse('--auditor-key', 'this is the coordinator’s own key')
  if (others.guardian === operator.address) throw refuse('--guardian', 'this is the operator’s own wallet')
  return { operator, coordinatorKey }
}

export type DeployNetworkOptions = {
  /** The network's file but for what is deployed. */
  base: Omit<NetworkConfig, 'vault' | 'gstd_master'>
  gstdMaster: string | undefined
  operator: TonWallet
  signal: AbortSignal
  /** Called before anything is sent. */
  check: (network: NetworkConfig) => Promise<void>
}

const checkFunds = async (chain: Chain, operator: TonWallet, network: number, contracts: number): Promise<bigint> => {
  const heldNano = await chain.balance(operator.address)
  const neededNano = DEPLOY_NANO * BigInt(contracts)
  if (heldNano >= neededNano) return heldNano
  const address = friendlyAddress(operator.address, network)
  throw new GstdError('WALLET_INSUFFICIENT', `the operator’s wallet holds ${formatAmount(heldNano)} TON`, {
    details: {
      address: operator.address,
      balance_nano: heldNano.toString(),
      needed_nano: neededNano.toString(),
      next: 'gstd coordinator deploy …',
    },
    hint: `send at least ${formatAmount(neededNano)} TON to ${address}, and as much as the coordinator’s fees will take; then run this again`,
  })
}

/**
 * Brings a network's contracts up from the operator's wallet, and verifies them. What is there already is not sent again.
 *
 * @returns the network's file, whether the vault was deployed just now, and what it took from the wallet
 * @throws GstdError `WALLET_INSUFFICIENT`, `CHAIN_STATE_INVALID`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`; what `check` throws
 */
export const deployNetworkFile = async (
  options: DeployNetworkOptions,
): Promise<{ network: NetworkConfig; deployed: boolean; spentNano: bigint }> => {
  const { base, operator, signal } = options
  const chain = openChain(base)
  const config: VaultConfig = {
    coordinatorKey: base.coordinator_key,
    auditorKey: base.auditor_key,
    guardian: Address.parseRaw(base.guardian),
    challengeWindowSec: base.challenge_window_sec,
  }
  const vault = Vault.createFromConfig(config).address.toRawString()
  if (options.gstdMaster === undefined && !isDevnet(base)) throw new TypeError('only a devnet has test GSTD')
  const gstdMaster = options.gstdMaster ?? testJetton(operator.contract.address).address.toRawString()
  if (options.gstdMaster !== undefined) await verifyJettonMaster(chain, gstdMaster)
  await options.check({ ...base, vault, gstd_master: gstdMaster })
  const accounts = options.gstdMaster === undefined ? [vault, gstdMaster] : [vault]
  const areThere = await Promise.all(accounts.map((account) => chain.isDeployed(account)))
  const heldNano = await checkFunds(chain, operator, base.network, areThere.filter((isThere) => !isThere).length)
  const ensuring = { chain, wallet: operator, signal }
  if (options.gstdMaster === undefined) await ensureTestJetton(ensuring, operator.contract.address)
  const { deployed } = await ensureVault(ensuring, config)
  const spentNano = heldNano - (await chain.balance(operator.address))
  return { network: { ...base, vault, gstd_master: gstdMaster }, deployed, spentNano }
}
