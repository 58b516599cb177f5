import { jettonContent, JettonMinter, JettonWallet, readGstdBalance } from '@gstd/sdk/contracts'
import { beginCell, toNano } from '@ton/core'
import { describe, expect, it } from 'vitest'
import { allPriceSets } from './chainForTests/openTestNetwork.ts'
import { sendAs } from './chainForTests/sendAs.ts'
import { feesOf, refusalsIn } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

describe.each(allPriceSets)('test GSTD at the prices of %s', (prices) => {
  const opened = useNetwork(prices)

  /** Deploys the minter, and gives the requester 5 GSTD. */
  const mint = async () => {
    const { network, requester } = opened()
    const config = { admin: network.operator.address, content: jettonContent({ name: 'GSTD (test)', symbol: 'GSTD' }) }
    const minter = network.chain.openContract(JettonMinter.createFromConfig(config))
    await minter.sendDeploy(network.operator.getSender())
    const sent = await minter.sendMint(network.operator.getSender(), {
      to: requester.owner.address,
      amountNano: toNano('5'),
    })
    expect(refusalsIn(sent)).toEqual([])
    const walletOf = async (owner: typeof requester.owner) =>
      network.chain.openContract(JettonWallet.createFromAddress(await minter.getWalletAddress(owner.address)))
    return { minter, wallet: await walletOf(requester.owner), walletOf }
  }

  it('is minted by its admin, who gets back what was not needed', async () => {
    const { network, requester } = opened()
    const { minter } = await mint()
    const [minterBefore, before] = [
      await network.balanceOf(minter.address),
      await network.balanceOf(network.operator.address),
    ]
    const sent = await minter.sendMint(network.operator.getSender(), { to: requester.owner.address, amountNano: 1n })
    expect(await network.balanceOf(minter.address)).toBe(minterBefore)
    expect(before - (await network.balanceOf(network.operator.address))).toBeLessThan(feesOf(sent) + toNano('0.01'))
  })

  it('is minted into a wallet of the owner', async () => {
    const { network, requester } = opened()
    const { minter, wallet } = await mint()
    expect((await minter.getData()).totalSupplyNano).toBe(toNano('5'))
    const data = await wallet.getData()
    expect(data?.balanceNano).toBe(toNano('5'))
    expect(data?.owner.equals(requester.owner.address)).toBe(true)
    expect(data?.master.equals(minter.address)).toBe(true)
    const client = { provider: network.chain.provider.bind(network.chain) }
    const read = (owner: typeof requester.owner) =>
      readGstdBalance(client, { master: minter.address, owner: owner.address })
    expect(await read(requester.owner)).toBe(toNano('5'))
    expect(await read(network.guardian)).toBe(0n)
  })

  it('moves between owners, tells the receiver, and returns what it did not need', async () => {
    const { network, requester } = opened()
    const { wallet, walletOf } = await mint()
    const [senderBefore, receiverBefore] = [
      await network.balanceOf(requester.owner.address),
      await network.balanceOf(network.guardian.address),
    ]
    const sent = await wallet.sendTransfer(requester.owner.getSender(), {
      to: network.guardian.address,
      amountNano: toNano('2'),
      forwardNano: toNano('0.01'),
      forwardPayload: beginCell().storeUint(7, 8).endCell(),
    })
    expect(refusalsIn(sent)).toEqual([])
    expect((await wallet.getData())?.balanceNano).toBe(toNano('3'))
    const received = await walletOf(network.guardian)
    expect((await received.getData())?.balanceNano).toBe(toNano('2'))
    expect(await network.balanceOf(network.guardian.address)).toBeGreaterThan(receiverBefore + toNano('0.009'))
    const spent = senderBefore - (await network.balanceOf(requester.owner.address))
    expect(spent).toBeLessThan(toNano('0.02') + feesOf(sent))
    const ops = sent.transactions.map(({ inMessage }) => {
      const body = inMessage?.body.beginParse()
      return inMessage?.info.type === 'internal' && body !== undefined && body.remainingBits >= 32
        ? body.loadUint(32)
        : 0
    })
    expect(ops).toEqual(expect.arrayContaining([0x0f8a7ea5, 0x178d4519, 0x7362d09c, 0xd53276db]))
  })

  it('is burned, and the supply with it', async () => {
    const { requester } = opened()
    const { minter, wallet } = await mint()
    expect(refusalsIn(await wallet.sendBurn(requester.owner.getSender(), { amountNano: toNano('1') }))).toEqual([])
    expect((await minter.getData()).totalSupplyNano).toBe(toNano('4'))
    expect((await wallet.getData())?.balanceNano).toBe(toNano('4'))
  })

  it('returns to its sender when its receiver’s wallet refuses it', async () => {
    const { network, requester } = opened()
    const { wallet, walletOf } = await mint()
    const body = beginCell()
      .storeUint(0xffffffff, 32)
      .storeUint(0x178d4519, 32)
      .storeUint(0, 64)
      .storeCoins(toNano('1'))
      .endCell()
    await wallet.sendTransfer(requester.owner.getSender(), { to: network.guardian.address, amountNano: toNano('1') })
    const from = (await walletOf(network.guardian)).address
    expect(refusalsIn(await sendAs(network, { from, to: wallet.address, body, bounced: true }))).toEqual([])
    expect((await wallet.getData())?.balanceNano).toBe(toNano('5'))
  })
})
