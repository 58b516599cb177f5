import {
  buildMerkleTree,
  merkleRootFrom,
  proveReputation,
  type ReputationLeaf,
  reputationLeafHash,
  reputationLeavesOf,
  reputationRootOf,
  toHex,
} from '@gstd/sdk'
import { toNano } from '@ton/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { accountState, device, openAccount, type OpenedAccount } from './chainForTests/openAccount.ts'
import { allPriceSets, CHALLENGE_SEC, HOUR_SEC, nowSec, pass } from './chainForTests/openTestNetwork.ts'
import { chargeOf, type CommitOptions, commitOf, vaultState } from './chainForTests/signedMessages.ts'
import { actionsDone, feesOf, refusalsIn, rentOf } from './chainForTests/transactions.ts'
import { useNetwork } from './chainForTests/useNetwork.ts'

/** A tree of that many devices, with the account's at that place. */
const treeOf = (count: number, place: number, reputation: number) => {
  const leaves = Array.from({ length: count }, (_, index) => ({
    device_id: index === place ? device.deviceId : index.toString(16).padStart(32, '0'),
    reputation: index === place ? reputation : index / 1_000_000,
  }))
  const path = buildMerkleTree(leaves.map(reputationLeafHash)).path(place)
  return { reputationRoot: reputationRootOf(leaves), position: { index: place, count, path } }
}

/** A commit of the account's device and two requesters, whose addresses begin and end with the device's id. */
const published = {
  reputations: [{ device_id: device.deviceId, reputation: 0.5 }],
  requesters: [
    { requester: `0:${device.deviceId}${'0'.repeat(32)}`, reputation: 0.9 },
    { requester: `0:${'0'.repeat(32)}${device.deviceId}`, reputation: 0.9 },
  ],
}
const leaves = reputationLeavesOf(published)
const positionOf = (leaf: ReputationLeaf) => {
  const proof = proveReputation(published, leaf)
  if (proof === undefined) throw new Error('the leaf is published')
  const { index, path } = proof.inclusion
  return { index, count: proof.count, path: path.map((hash) => Uint8Array.from(Buffer.from(hash, 'hex'))) }
}

describe.each(allPriceSets)('reputation at the prices of %s', (prices) => {
  const opened = useNetwork(prices)
  let the: OpenedAccount

  beforeEach(async () => {
    the = await openAccount(opened().network)
  })

  const commit = async (options: CommitOptions) => {
    const { network } = opened()
    const sent = await network.vault.sendCommit(network.operator.getSender(), await commitOf(network, options))
    expect(refusalsIn(sent)).toEqual([])
  }
  const update = (reputation: number, position: ReturnType<typeof treeOf>['position']) => {
    const { network } = opened()
    const message = { account: the.account.address, deviceId: device.deviceId, reputation, position }
    return network.vault.sendUpdateReputation(network.operator.getSender(), message)
  }
  const known = async () => (await accountState(the)).devices[0]

  it.each([
    [1, 0],
    [2, 1],
    [5, 4],
    [7, 3],
    [100, 63],
    [257, 256],
  ])('of a tree of %i devices reaches the one at place %i', async (count, place) => {
    const { network } = opened()
    const { reputationRoot, position } = treeOf(count, place, 0.501234)
    await commit({ reputationRoot })
    pass(network, CHALLENGE_SEC)
    const before = await network.balanceOf(network.operator.address)
    const sent = await update(0.501234, position)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    const rents = [network.vault.address, the.account.address].map((address) => rentOf(sent, address))
    const fees = rents.reduce((rest, rent) => rest - rent, feesOf(sent))
    expect(await network.balanceOf(network.operator.address)).toBe(before - fees)
    expect(await known()).toEqual({ ...device, reputation: 0.501234, updatedAtSec: nowSec(network) })
  })

  it('reaches a device under two million leaves for the same attached value', async () => {
    const { network } = opened()
    const hash = reputationLeafHash({ device_id: device.deviceId, reputation: 0.5 })
    const position = {
      index: 1_234_567,
      count: 2 ** 21,
      path: Array.from({ length: 21 }, (_, level) => new Uint8Array(32).fill(level)),
    }
    const root = merkleRootFrom(hash, position)
    if (root === undefined) throw new Error('the path fits its place')
    await commit({ reputationRoot: toHex(root) })
    pass(network, CHALLENGE_SEC)
    const sent = await update(0.5, position)
    expect(refusalsIn(sent)).toEqual([])
    expect(actionsDone(sent)).toBe(true)
    expect((await known())?.reputation).toBe(0.5)
  })

  it('is refused for another figure, another place and another path', async () => {
    const { network } = opened()
    const { reputationRoot, position } = treeOf(7, 3, 0.5)
    await commit({ reputationRoot })
    pass(network, CHALLENGE_SEC)
    const [first, ...rest] = position.path
    if (first === undefined) throw new Error('a tree of seven has a path')
    expect(refusalsIn(await update(0.500001, position))).toEqual(['WRONG_PROOF'])
    expect(refusalsIn(await update(0.5, { ...position, index: 2 }))).toEqual(['WRONG_PROOF'])
    expect(refusalsIn(await update(0.5, { ...position, path: [...rest, first] }))).toEqual(['WRONG_PROOF'])
    expect(refusalsIn(await update(0.5, { index: 0, count: 1, path: [] }))).toEqual(['WRONG_PROOF'])
    expect((await known())?.updatedAtSec).toBe(0)
  })

  it('is that of a device: a requester’s, under the same root, is refused as one', async () => {
    const { network } = opened()
    await commit({ reputationRoot: reputationRootOf(leaves) })
    pass(network, CHALLENGE_SEC)
    for (const requester of published.requesters) {
      expect(refusalsIn(await update(0.9, positionOf(requester)))).toEqual(['WRONG_PROOF'])
    }
    expect((await known())?.updatedAtSec).toBe(0)
    expect(refusalsIn(await update(0.5, positionOf({ device_id: device.deviceId, reputation: 0.5 })))).toEqual([])
    expect(await known()).toEqual({ ...device, reputation: 0.5, updatedAtSec: nowSec(network) })
  })

  it('counts from the end of the window on, and never after a veto', async () => {
    const { network } = opened()
    const { reputationRoot, position } = treeOf(3, 0, 0.9)
    await commit({ reputationRoot })
    pass(network, CHALLENGE_SEC - 1)
    expect(refusalsIn(await update(0.9, position))).toEqual(['WRONG_PROOF'])
    await network.vault.sendVeto(network.guardian.getSender(), { epoch: 1 })
    pass(network, 7 * 24 * HOUR_SEC)
    expect(refusalsIn(await update(0.9, position))).toEqual(['WRONG_PROOF'])
  })

  it('is that of the last epoch, though nobody has executed it yet', async () => {
    const { network, requester } = opened()
    const before = treeOf(3, 0, 0.1)
    await commit({ reputationRoot: before.reputationRoot })
    pass(network, CHALLENGE_SEC)
    await network.vault.sendCharge(network.operator.getSender(), await chargeOf(network, requester))
    const after = treeOf(3, 0, 0.2)
    const payouts = [{ address: the.owner.address, amountNano: toNano('0.1') }]
    await commit({ reputationRoot: after.reputationRoot, payouts })
    expect(refusalsIn(await update(0.1, before.position))).toEqual([])
    pass(network, CHALLENGE_SEC)
    expect((await vaultState(network)).roots.reputationRoot).toBe(before.reputationRoot)
    expect(refusalsIn(await update(0.1, before.position))).toEqual(['WRONG_PROOF'])
    expect(refusalsIn(await update(0.2, after.position))).toEqual([])
    expect((await known())?.reputation).toBe(0.2)
  })
})
