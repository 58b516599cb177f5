import { buildMerkleTree, reputationLeafHash, reputationRootOf } from '@gstd/sdk'
import type { updateReputation } from '@gstd/sdk/contracts'
import type { World } from './createWorld.ts'

const MILLION = 1_000_000
const STRANGERS = 3

/** One device's reputation under a root, and the way there. */
export type Leaf = {
  deviceId: string
  reputation: number
  position: Parameters<typeof updateReputation>[0]['position']
}

/** Makes a tree of some devices with some reputations, and keeps its leaves. @returns its root */
export const plantReputations = ({ random, stakers, trees }: World): string => {
  const ids = stakers.flatMap(({ devices }) => devices.map(({ deviceId }) => deviceId))
  for (let index = 0; index < STRANGERS; index++) ids.push(`${index}`.padStart(32, 'e'))
  const chosen = ids.filter(() => random.chance(0.7))
  const leaves = (chosen.length === 0 ? ids : chosen).map((deviceId) => ({
    device_id: deviceId,
    reputation: random.below(MILLION + 1) / MILLION,
  }))
  const root = reputationRootOf(leaves)
  const { path } = buildMerkleTree(leaves.map(reputationLeafHash))
  const count = leaves.length
  trees.set(
    root,
    leaves.map(({ device_id: deviceId, reputation }, index) => ({
      deviceId,
      reputation,
      position: { index, count, path: path(index) },
    })),
  )
  return root
}
