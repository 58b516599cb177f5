import { GstdError } from '@gstd/sdk'
import { jettonContent, JettonMinter, Vault, vaultCode, type VaultConfig } from '@gstd/sdk/contracts'
import { Address, Cell, type Contract, type Sender, type StateInit, toNano } from '@ton/core'
import type { Chain } from '../chain/openChain.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import type { TonWallet } from '../wallet/tonWallet.ts'

export type EnsureOptions = {
  chain: Chain
  /** Pays for the deployment. */
  wallet: TonWallet
  signal: AbortSignal
}

/** A contract that is there now. */
export type Ensured = { address: string; deployed: boolean }

/** What a new contract begins with, for its rent. */
const RENT_NANO = toNano('0.2')

/** What deploying one contract takes from the wallet, with fees. */
export const DEPLOY_NANO = RENT_NANO + toNano('0.05')

const senderOf = ({ chain, wallet, signal }: EnsureOptions): Sender => ({
  address: wallet.contract.address,
  send: ({ to, value, bounce, body, init }) =>
    chain.send(
      wallet,
      [{ to, value, ...(bounce && { bounce }), ...(body && { body }), ...(init && { init }) }],
      signal,
    ),
})

type Deployable = Contract & { readonly init?: StateInit | undefined }

/** Deploys a contract unless it is there: its address follows from its code and first data. */
const ensure = async (
  options: EnsureOptions,
  contract: Deployable,
  deploy: (sender: Sender) => Promise<void>,
  what: string,
): Promise<Ensured> => {
  const { chain, signal } = options
  const address = contract.address.toRawString()
  if (await chain.isDeployed(address)) return { address, deployed: false }
  await deploy(senderOf(options))
  const isThere = async () => ((await chain.isDeployed(address)) ? true : undefined)
  await waitUntil(isThere, { what, signal })
  return { address, deployed: true }
}

const wrong = (what: string, details: Record<string, unknown>): GstdError =>
  new GstdError('CHAIN_STATE_INVALID', what, { details })

/**
 * Compares a vault on chain with what it should be: the code of this version, and these keys, guardian and window.
 *
 * @throws GstdError `CHAIN_STATE_INVALID`, `CHAIN_UNAVAILABLE`
 */
const verifyVault = async (chain: Chain, address: string, config: VaultConfig): Promise<void> => {
  const account = Address.parseRaw(address)
  const { code } = await chain.call(() => chain.client.getContractState(account))
  const codeHash = code === null ? undefined : Cell.fromBoc(code)[0]?.hash().toString('hex')
  const expectedHash = vaultCode().hash().toString('hex')
  if (codeHash !== expectedHash) {
    throw wrong('the vault’s code is not that of this version', {
      address,
      code_hash: codeHash,
      expected: expectedHash,
    })
  }
  const found = await chain.call(() => chain.client.open(Vault.createFromAddress(account)).getConfig())
  const isSame =
    found.coordinatorKey === config.coordinatorKey &&
    found.auditorKey === config.auditorKey &&
    found.guardian.equals(config.guardian) &&
    found.challengeWindowSec === config.challengeWindowSec
  if (!isSame) throw wrong('the vault’s keys, guardian or window are others than given', { address })
}

/**
 * Deploys the vault unless it is there, and verifies it. The same configuration has the same address.
 *
 * @throws GstdError `CHAIN_STATE_INVALID`, `WALLET_INSUFFICIENT`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const ensureVault = async (options: EnsureOptions, config: VaultConfig): Promise<Ensured> => {
  const { chain } = options
  const contract = Vault.createFromConfig(config)
  const send = (sender: Sender) => chain.client.open(contract).sendDeploy(sender, { rentNano: RENT_NANO })
  const ensured = await ensure(options, contract, send, 'the vault’s deployment')
  await verifyVault(chain, ensured.address, config)
  return ensured
}

/** @returns the test GSTD that an admin may mint. */
export const testJetton = (admin: Address): JettonMinter =>
  JettonMinter.createFromConfig({ admin, content: jettonContent({ name: 'GSTD (test)', symbol: 'GSTD' }) })

/** Deploys the test GSTD of a devnet unless it is there. @throws GstdError as `ensureVault` */
export const ensureTestJetton = (options: EnsureOptions, admin: Address): Promise<Ensured> => {
  const contract = testJetton(admin)
  const send = (sender: Sender) => options.chain.client.open(contract).sendDeploy(sender, { rentNano: RENT_NANO })
  return ensure(options, contract, send, 'the test GSTD’s deployment')
}

/**
 * Makes sure that there is a jetton's master at an address.
 *
 * @throws GstdError `CHAIN_STATE_INVALID`, `CHAIN_UNAVAILABLE`
 */
export const verifyJettonMaster = async (chain: Chain, address: string): Promise<void> => {
  if (!(await chain.isDeployed(address))) throw wrong('there is no contract at the GSTD master’s address', { address })
  const master = chain.client.open(JettonMinter.createFromAddress(Address.parseRaw(address)))
  try {
    await chain.call(() => master.getWalletAddress(master.address))
  } catch (thrown) {
    if (thrown instanceof GstdError && !thrown.message.includes('exit_code')) throw thrown
    throw wrong('the contract at the GSTD master’s address is no jetton master', { address })
  }
}
