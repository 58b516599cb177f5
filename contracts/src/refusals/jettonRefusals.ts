import { jettonContent, JettonMinter, JettonWallet } from '@gstd/sdk/contracts'
import { Address, beginCell, toNano } from '@ton/core'
import { sendAs } from '../chainForTests/sendAs.ts'
import type { Opened } from '../chainForTests/useNetwork.ts'
import type { RefusalCase } from './refusalCase.ts'

/** Deploys the test jetton, and gives the requester 5 GSTD. */
const mintTo = async ({ network, requester }: Opened) => {
  const config = { admin: network.operator.address, content: jettonContent({ name: 'GSTD (test)', symbol: 'GSTD' }) }
  const minter = network.chain.openContract(JettonMinter.createFromConfig(config))
  await minter.sendDeploy(network.operator.getSender())
  await minter.sendMint(network.operator.getSender(), { to: requester.owner.address, amountNano: toNano('5') })
  const address = await minter.getWalletAddress(requester.owner.address)
  return { minter, wallet: network.chain.openContract(JettonWallet.createFromAddress(address)) }
}

const internalTransfer = (from: Address) =>
  beginCell()
    .storeUint(0x178d4519, 32)
    .storeUint(0, 64)
    .storeCoins(toNano('1'))
    .storeAddress(from)
    .storeAddress(null)
    .storeCoins(0)
    .storeBit(false)
    .endCell()

export const jettonRefusals: RefusalCase[] = [
  {
    refusal: 'NOT_OWNER',
    what: 'test GSTD minted by somebody else',
    arrange: async (opened) => {
      const { minter } = await mintTo(opened)
      const { owner } = opened.requester
      return () => minter.sendMint(owner.getSender(), { to: owner.address, amountNano: 1n })
    },
  },
  {
    refusal: 'NOT_OWNER',
    what: 'test GSTD moved by somebody else',
    arrange: async (opened) => {
      const { wallet } = await mintTo(opened)
      const { operator } = opened.network
      return () => wallet.sendTransfer(operator.getSender(), { to: operator.address, amountNano: 1n })
    },
  },
  {
    refusal: 'JETTON_BALANCE',
    what: 'a nano more than there is',
    arrange: async (opened) => {
      const { wallet } = await mintTo(opened)
      const { owner } = opened.requester
      return () =>
        wallet.sendTransfer(owner.getSender(), { to: opened.network.operator.address, amountNano: toNano('5') + 1n })
    },
  },
  {
    refusal: 'JETTON_SENDER',
    what: 'test GSTD from an account that is no wallet of it',
    arrange: async (opened) => {
      const { wallet } = await mintTo(opened)
      const from = opened.network.operator.address
      return () => sendAs(opened.network, { from, to: wallet.address, body: internalTransfer(from) })
    },
  },
  {
    refusal: 'WRONG_WORKCHAIN',
    what: 'test GSTD for the masterchain',
    arrange: async (opened) => {
      const { wallet } = await mintTo(opened)
      const to = Address.parseRaw(`-1:${'33'.repeat(32)}`)
      return () => wallet.sendTransfer(opened.requester.owner.getSender(), { to, amountNano: 1n })
    },
  },
]
