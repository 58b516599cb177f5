import { formatAmount, GstdError } from '@gstd/sdk'
import {
  type AccountState,
  attachNano,
  JettonMinter,
  openAccount,
  stakeTransfer,
  stakeTransferNano,
} from '@gstd/sdk/contracts'
import { Address, toNano } from '@ton/core'
import { isDevnet } from '../keystore/createKeyring.ts'
import { readGstd } from '../chain/readGstd.ts'
import { waitUntil } from '../chain/waitUntil.ts'
import { followMessage, newQueryId } from './followMessage.ts'
import { readStake } from './readStake.ts'
import type { StakeParties } from './sendToAccount.ts'

/** What the owner's wallet itself needs for a message, generously. */
const WALLET_FEE_NANO = toNano('0.02')

/** What is staked, and from which wallet of the state folder. */
export type StakeDeposit = { walletName: string; amountNano: bigint }

/** Checks GSTD and TON for the whole deposit before the first message of it is sent. */
const checkFunds = async (
  { chain, network, wallet }: StakeParties,
  { walletName, amountNano }: StakeDeposit,
  isOpen: boolean,
): Promise<void> => {
  const { address } = wallet
  const flags = walletName === 'default' ? '' : ` --name ${walletName}`
  const next = isDevnet(network) ? { next: `gstd wallet create --fund${flags}` } : {}
  const gstdNano = await readGstd(chain, network.gstd_master, address)
  if (gstdNano < amountNano) {
    throw new GstdError(
      'GSTD_INSUFFICIENT',
      `the wallet holds ${formatAmount(gstdNano)} GSTD, the deposit takes ${formatAmount(amountNano)} GSTD`,
      { details: { address, gstd_nano: gstdNano.toString(), needed_nano: amountNano.toString(), ...next } },
    )
  }
  const openingNano = isOpen ? 0n : attachNano.openAccount + WALLET_FEE_NANO
  const neededNano = openingNano + stakeTransferNano + WALLET_FEE_NANO
  const balanceNano = await chain.balance(address)
  if (balanceNano < neededNano) {
    throw new GstdError(
      'WALLET_INSUFFICIENT',
      `the wallet holds ${formatAmount(balanceNano)} TON, this takes ${formatAmount(neededNano)} TON; most of it returns`,
      { details: { address, balance_nano: balanceNano.toString(), needed_nano: neededNano.toString(), ...next } },
    )
  }
}

/** Deploys the account, and waits until GSTD's master has named its wallet: GSTD that came earlier would be no stake. */
const openStake = async ({ chain, network, wallet, signal }: StakeParties): Promise<Address> => {
  const { contract, state } = await readStake(chain, network, wallet.address)
  const queryId = newQueryId()
  const to = contract.address
  const init = state === undefined && contract.init !== undefined ? { init: contract.init } : {}
  const message = { to, value: attachNano.openAccount, ...init, body: openAccount({ queryId }) }
  await chain.send(wallet, [message], signal)
  const master = Address.parseRaw(network.gstd_master)
  await followMessage(chain, { path: [to, master], queryId, what: 'the device account', signal })
  const named = async () => (await readStake(chain, network, wallet.address)).gstdWallet
  return waitUntil(named, { what: 'the GSTD wallet of the device account', signal })
}

/**
 * Stakes GSTD of the owner's wallet, and waits until the account counts it. The first deposit deploys the account.
 *
 * @returns the account after it, and whether it is new
 * @throws GstdError `GSTD_INSUFFICIENT`, `WALLET_INSUFFICIENT`, `CONTRACT_REFUSED`, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`,
 * `CHAIN_STATE_INVALID`, `FEATURE_NOT_OFFERED`
 */
export const depositStake = async (
  parties: StakeParties,
  deposit: StakeDeposit,
): Promise<{ account: string; state: AccountState; isNew: boolean }> => {
  const { chain, network, wallet, signal } = parties
  const { amountNano } = deposit
  const before = await readStake(chain, network, wallet.address)
  await checkFunds(parties, deposit, before.gstdWallet !== undefined)
  const gstdWallet = before.gstdWallet ?? (await openStake(parties))
  const account = before.contract.address
  const owner = wallet.contract.address
  const minter = chain.client.open(JettonMinter.createFromAddress(Address.parseRaw(network.gstd_master)))
  const [accountWallet, ownerWallet] = await chain.call(() =>
    Promise.all([minter.getWalletAddress(account), minter.getWalletAddress(owner)]),
  )
  if (!gstdWallet.equals(accountWallet)) {
    throw new GstdError('CHAIN_STATE_INVALID', 'the device account knows another GSTD wallet than the master names', {
      details: { account: before.address, wallet: gstdWallet.toRawString(), expected: accountWallet.toRawString() },
    })
  }
  const queryId = newQueryId()
  const body = stakeTransfer({ queryId, amountNano, account, owner })
  await chain.send(wallet, [{ to: ownerWallet, value: stakeTransferNano, body }], signal)
  await followMessage(chain, { path: [ownerWallet, accountWallet, account], queryId, what: 'the stake', signal })
  const { state } = await readStake(chain, network, wallet.address)
  if (state === undefined) {
    throw new GstdError('CHAIN_STATE_INVALID', 'the device account is gone', { details: { account: before.address } })
  }
  return { account: before.address, state, isNew: before.state === undefined }
}
