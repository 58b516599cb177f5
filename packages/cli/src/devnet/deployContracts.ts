import { GstdError, type NetworkConfig } from '@gstd/sdk'
import { toNano } from '@ton/core'
import { type Chain, openChain } from '../chain/openChain.ts'
import { requestFaucet } from '../chain/requestFaucet.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { DEVNET_GLOBAL_ID } from '../keystore/createKeyring.ts'
import { ensureTestJetton, ensureVault } from '../coordinator/ensureContracts.ts'
import type { OperatorKeys } from '../keys/operatorKeys.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'

/** What a devnet sets where real networks are stricter: short windows, no minimum payout, owners alone independent. */
const devnetParameters = {
  challenge_window_sec: 2,
  minimum_payout_nano: '0',
  epoch_ms: 8000,
  independence: 'owner',
} as const

/** Enough for the operator's messages of a long day; below the floor it is filled up again. */
const OPERATOR_FUND_NANO = toNano('1000')
const OPERATOR_FLOOR_NANO = toNano('100')

export type DevnetAddress = { endpoint: string; faucet: string; coordinator: string }

const fundKey = async (chain: Chain, address: DevnetAddress, wallet: TonWallet, signal: AbortSignal): Promise<void> => {
  const before = await chain.balance(wallet.address)
  if (before >= OPERATOR_FLOOR_NANO) return
  await requestFaucet({ name: 'devnet', faucet: address.faucet }, wallet.address, OPERATOR_FUND_NANO, signal)
  const arrived = async () => ((await chain.balance(wallet.address)) > before ? true : undefined)
  await waitUntil(arrived, { what: 'the faucet’s TON', signal })
}

/**
 * Brings a devnet's accounts and contracts up: funds the operator and the minter, deploys vault and test GSTD. What
 * the chain already has is kept.
 *
 * @param known - the network's file of an earlier start
 * @returns the network's file, and whether the contracts were there
 * @throws GstdError `CHAIN_UNAVAILABLE`, `CHAIN_TIMEOUT`, `STATE_CORRUPT` when chain and keys do not belong together
 */
export const deployContracts = async (
  address: DevnetAddress,
  keys: OperatorKeys,
  known: NetworkConfig | undefined,
  signal: AbortSignal,
): Promise<{ network: NetworkConfig; restored: boolean }> => {
  const chain = openChain({ name: 'devnet', ...address })
  for (const wallet of [keys.operator, keys.minter]) await fundKey(chain, address, wallet, signal)
  const restored =
    known !== undefined && (await chain.isDeployed(known.vault)) && (await chain.isDeployed(known.gstd_master))
  if (known !== undefined && restored) {
    if (known.coordinator_key !== keys.coordinator.public_key || known.auditor_key !== keys.auditor.public_key) {
      throw new GstdError('STATE_CORRUPT', 'the devnet’s contracts were deployed for other keys than those in keys/', {
        hint: 'restore the keys, or start a new devnet in another --state-dir',
      })
    }
    return { network: { treasury: keys.guardian.address, ...known, ...address }, restored }
  }
  const ensuring = { chain, wallet: keys.operator, signal }
  const vault = await ensureVault(ensuring, {
    coordinatorKey: keys.coordinator.public_key,
    auditorKey: keys.auditor.public_key,
    guardian: keys.guardian.contract.address,
    challengeWindowSec: devnetParameters.challenge_window_sec,
  })
  const gstdMaster = await ensureTestJetton(ensuring, keys.minter.contract.address)
  const network: NetworkConfig = {
    name: 'devnet',
    ...address,
    network: DEVNET_GLOBAL_ID,
    vault: vault.address,
    gstd_master: gstdMaster.address,
    operator_address: keys.operator.address,
    guardian: keys.guardian.address,
    treasury: keys.guardian.address,
    coordinator_key: keys.coordinator.public_key,
    auditor_key: keys.auditor.public_key,
    ...devnetParameters,
  }
  return { network, restored: false }
}
