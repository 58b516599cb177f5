import { createSigner, deviceIdOf } from '@gstd/sdk'
import {
  attachNano,
  buildSlashBody,
  DeviceAccount,
  jettonContent,
  JettonMinter,
  JettonWallet,
  type slashReasons,
} from '@gstd/sdk/contracts'
import { type Address, toNano } from '@ton/core'
import type { SandboxContract } from '@ton/sandbox'
import { type GuardOptions, originOf } from './guardMessages.ts'
import type { Account, TestNetwork } from './openTestNetwork.ts'
import { signBoth, type SignedBody } from './signedMessages.ts'

export const EVIDENCE = 'e1'.repeat(32)

const deviceSigner = createSigner('d0'.repeat(32))
export const device = { deviceKey: deviceSigner.publicKey, deviceId: deviceIdOf(deviceSigner.publicKey) }

export type OpenedAccount = {
  owner: Account
  treasury: Account
  account: SandboxContract<DeviceAccount>
  minter: SandboxContract<JettonMinter>
  /** Mints GSTD to its sender first, and sends it to the account. */
  stake: (amountNano: bigint, options?: { by?: Account; forwardNano?: bigint }) => ReturnType<Wallet['sendTransfer']>
  /** @returns nano GSTD in the wallet of an address. */
  gstdOf: (address: Address) => Promise<bigint>
}

type Wallet = SandboxContract<JettonWallet>

/** Opens a device account without stake, with one device. */
export const openAccount = async (network: TestNetwork): Promise<OpenedAccount> => {
  const { chain, operator } = network
  const [owner, treasury] = [await chain.treasury('device owner'), await chain.treasury('treasury')]
  const content = jettonContent({ name: 'GSTD (test)', symbol: 'GSTD' })
  const minter = chain.openContract(JettonMinter.createFromConfig({ admin: operator.address, content }))
  await minter.sendDeploy(operator.getSender())
  const parties = { owner: owner.address, vault: network.vault.address, gstdMaster: minter.address }
  const account = chain.openContract(DeviceAccount.createFromConfig({ ...parties, treasury: treasury.address }))
  await account.sendOpen(owner.getSender())
  await account.sendSetDevice(owner.getSender(), { deviceKey: device.deviceKey, isAdded: true })
  const walletOf = async (address: Address) =>
    chain.openContract(JettonWallet.createFromAddress(await minter.getWalletAddress(address)))
  return {
    owner,
    treasury,
    account,
    minter,
    stake: async (amountNano, { by = owner, forwardNano = attachNano.stake } = {}) => {
      await minter.sendMint(operator.getSender(), { to: by.address, amountNano })
      return (await walletOf(by.address)).sendTransfer(by.getSender(), { to: account.address, amountNano, forwardNano })
    },
    gstdOf: async (address) => (await (await walletOf(address)).getData())?.balanceNano ?? 0n,
  }
}

/** @returns the state of an account that is deployed, without the parties that made its address. */
export const accountState = async ({ account }: Pick<OpenedAccount, 'account'>) => {
  const state = await account.getState()
  if (state === undefined) throw new Error('the account is not deployed')
  const { owner: _owner, vault: _vault, ...sums } = state
  return sums
}

/** The next slash, of 1 GSTD for repeated failures, but for what the options say. */
export const slashOf = async (
  network: TestNetwork,
  opened: Pick<OpenedAccount, 'account'>,
  options: GuardOptions & { slashSeq?: number; amountNano?: bigint; reason?: keyof typeof slashReasons } = {},
): Promise<SignedBody> => {
  const body = buildSlashBody({
    ...originOf(network, options),
    account: opened.account.address,
    slashSeq: options.slashSeq ?? (await accountState(opened)).slashSeq + 1,
    amountNano: options.amountNano ?? toNano('1'),
    reason: options.reason ?? 'repeated_failures',
    evidenceHash: EVIDENCE,
  })
  return signBoth(body, options)
}
