import { toHex } from '../canonical/hex.ts'
import { hashDocument } from '../documents/hashDocument.ts'
import { taskLeafHash, type TaskLeaf } from '../log/taskLeaf.ts'
import { buildMerkleTree } from '../merkle/merkleTree.ts'

/** Root of an empty tree, as the contracts store it. */
const NO_ROOT = '0'.repeat(64)

const rootOf = (hashes: readonly Uint8Array[]): string =>
  hashes.length === 0 ? NO_ROOT : toHex(buildMerkleTree(hashes).root)

/** @returns the `tasksRoot` of a charge or a commit over its leaves, in hex; zeros for none. */
export const tasksRootOf = (leaves: readonly TaskLeaf[]): string => rootOf(leaves.map(taskLeafHash))

/** A device's published reputation, 0..1 in steps of 10⁻⁶. */
export type ReputationLeaf = { device_id: string; reputation: number }

/** @returns the leaf's 32-byte hash under the domain `reputation-leaf`. */
export const reputationLeafHash = (leaf: ReputationLeaf): Uint8Array<ArrayBuffer> =>
  hashDocument('reputation-leaf', leaf)

/** @returns the `reputationRoot` of a commit over its devices, in hex; zeros for none. */
export const reputationRootOf = (leaves: readonly ReputationLeaf[]): string => rootOf(leaves.map(reputationLeafHash))
