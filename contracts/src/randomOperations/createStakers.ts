import { createSigner, deviceIdOf } from '@gstd/sdk'
import { DeviceAccount, jettonContent, JettonMinter } from '@gstd/sdk/contracts'
import { type Address, contractAddress, toNano } from '@ton/core'
import type { SandboxContract } from '@ton/sandbox'
import type { Account, ContractCodes, TestNetwork } from '../chainForTests/openTestNetwork.ts'
import type { createStateCache } from './createStateCache.ts'

const STAKERS = 2
const DEVICES_EACH = 3
const MINTED_NANO = toNano('1000')

/** Wallets of an owner and of its account, in GSTD or in what only looks like it. */
type Wallets = { owner: Address; account: Address }

/** A device owner with an account that is not deployed yet, and 1000 of either jetton. */
export type Staker = {
  owner: Account
  account: SandboxContract<DeviceAccount>
  gstd: Wallets
  falseGstd: Wallets
  devices: { deviceKey: string; deviceId: string }[]
}

/** GSTD, and a jetton of another master that anyone may send instead. */
export type Jettons = {
  treasury: Account
  gstdMaster: Address
  treasuryWallet: Address
  /** Of the operator, who has GSTD, and is nobody's owner. */
  operatorWallet: Address
  /** All there is of GSTD, in nano, and the wallets that it is in. */
  supplyNano: bigint
  gstdWallets: Address[]
  /** Everything else that holds TON for jettons. */
  others: Address[]
}

const openMinter = async ({ chain, operator }: TestNetwork, name: string) => {
  const content = jettonContent({ name, symbol: 'GSTD' })
  const minter = chain.openContract(JettonMinter.createFromConfig({ admin: operator.address, content }))
  await minter.sendDeploy(operator.getSender())
  return {
    address: minter.address,
    walletOf: (address: Address) => minter.getWalletAddress(address),
    mintTo: (to: Address) => minter.sendMint(operator.getSender(), { to, amountNano: MINTED_NANO }),
  }
}

type Minter = Awaited<ReturnType<typeof openMinter>>

const walletsOf = async ({ walletOf, mintTo }: Minter, owner: Address, account: Address): Promise<Wallets> => {
  await mintTo(owner)
  return { owner: await walletOf(owner), account: await walletOf(account) }
}

const accountOf = (
  parties: Parameters<typeof DeviceAccount.createFromConfig>[0],
  codes: ContractCodes | undefined,
): DeviceAccount => {
  const account = DeviceAccount.createFromConfig(parties)
  if (codes === undefined || account.init === undefined) return account
  const init = { ...account.init, code: codes.account }
  return Object.assign(DeviceAccount.createFromAddress(contractAddress(0, init)), { init })
}

/** Mints both jettons, and prepares the accounts of two device owners. */
export const createStakers = async (
  network: TestNetwork,
  cache: ReturnType<typeof createStateCache>,
  codes?: ContractCodes,
): Promise<{ stakers: Staker[]; jettons: Jettons }> => {
  const { chain, operator, vault } = network
  const [gstd, falseGstd] = [await openMinter(network, 'GSTD (test)'), await openMinter(network, 'no GSTD')]
  const treasury = await chain.treasury('treasury')
  const stakers: Staker[] = []
  for (let index = 0; index < STAKERS; index++) {
    const owner = await chain.treasury(`device owner ${index}`)
    const parties = { owner: owner.address, vault: vault.address, gstdMaster: gstd.address }
    const wrapper = accountOf({ ...parties, treasury: treasury.address }, codes)
    stakers.push({
      owner,
      account: cache.remember(chain.openContract(wrapper), wrapper),
      gstd: await walletsOf(gstd, owner.address, wrapper.address),
      falseGstd: await walletsOf(falseGstd, owner.address, wrapper.address),
      devices: Array.from({ length: DEVICES_EACH }, (_, device) => {
        const deviceKey = createSigner(`d${index}${device}0`.repeat(16)).publicKey
        return { deviceKey, deviceId: deviceIdOf(deviceKey) }
      }),
    })
  }
  await gstd.mintTo(operator.address)
  const [treasuryWallet, operatorWallet] = [
    await gstd.walletOf(treasury.address),
    await gstd.walletOf(operator.address),
  ]
  const wallets = stakers.flatMap((staker) => [staker.gstd.owner, staker.gstd.account])
  const falseWallets = stakers.flatMap((staker) => [staker.falseGstd.owner, staker.falseGstd.account])
  const jettons = {
    treasury,
    gstdMaster: gstd.address,
    treasuryWallet,
    operatorWallet,
    supplyNano: MINTED_NANO * BigInt(STAKERS + 1),
    gstdWallets: [treasuryWallet, operatorWallet, ...wallets],
    others: [gstd.address, falseGstd.address, ...falseWallets],
  }
  return { stakers, jettons }
}
