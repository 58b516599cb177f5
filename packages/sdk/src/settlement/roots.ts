import { fromHex, toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
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

const DOMAIN = new TextEncoder().encode('gstd/reputation-leaf/v1\n')
const MILLION = 1_000_000

/**
 * Hashes fields of a fixed width, and no JSON: the vault computes the same (`update_reputation`).
 *
 * @returns SHA-256("gstd/reputation-leaf/v1\n" ‖ 16 bytes of the id ‖ millionths in 4 bytes, big-endian)
 */
export const reputationLeafHash = ({ device_id, reputation }: ReputationLeaf): Uint8Array<ArrayBuffer> => {
  const millionths = new Uint8Array(4)
  new DataView(millionths.buffer).setUint32(0, Math.round(reputation * MILLION))
  return sha256(DOMAIN, fromHex(device_id), millionths)
}

/** @returns the `reputationRoot` of a commit over its devices, in hex; zeros for none. */
export const reputationRootOf = (leaves: readonly ReputationLeaf[]): string => rootOf(leaves.map(reputationLeafHash))
