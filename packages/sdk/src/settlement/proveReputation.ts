import { inclusionOf } from '../documents/batch.ts'
import type { LogBody } from '../log/entries.ts'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { reputationLeafHash, reputationLeavesOf } from './reputationLeaf.ts'
import type { ReputationProof } from './reputationProof.ts'

/**
 * Shows that a commit of the log publishes somebody's reputation.
 *
 * @param commit - the body of the log's entry
 * @param whose - the id of a device, or the raw address of a requester
 * @returns undefined for one whom the commit does not name
 */
export const proveReputation = (
  commit: Pick<LogBody<'commit'>, 'reputations' | 'requesters'>,
  whose: { device_id: string } | { requester: string },
): ReputationProof | undefined => {
  const leaves = reputationLeavesOf(commit)
  const index = leaves.findIndex((leaf) =>
    'device_id' in whose
      ? 'device_id' in leaf && leaf.device_id === whose.device_id
      : 'requester' in leaf && leaf.requester === whose.requester,
  )
  const leaf = leaves[index]
  if (leaf === undefined) return undefined
  const tree = buildMerkleTree(leaves.map(reputationLeafHash))
  return { leaf, count: tree.count, inclusion: inclusionOf(tree, index) }
}
