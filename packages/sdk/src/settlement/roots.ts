import { toHex } from '../canonical/hex.ts'
import { taskLeafHash, type TaskLeaf } from '../log/taskLeaf.ts'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { type ReputationLeaf, reputationLeafHash } from './reputationLeaf.ts'

/** Root of an empty tree, as the contracts store it. */
const NO_ROOT = '0'.repeat(64)

const rootOf = (hashes: readonly Uint8Array[]): string =>
  hashes.length === 0 ? NO_ROOT : toHex(buildMerkleTree(hashes).root)

/** @returns the `tasksRoot` of a charge or a commit over its leaves, in hex; zeros for none. */
export const tasksRootOf = (leaves: readonly TaskLeaf[]): string => rootOf(leaves.map(taskLeafHash))

/**
 * @param leaves - in the order of {@link reputationLeavesOf}
 * @returns the `reputationRoot` of a commit, in hex; zeros for none
 */
export const reputationRootOf = (leaves: readonly ReputationLeaf[]): string => rootOf(leaves.map(reputationLeafHash))
