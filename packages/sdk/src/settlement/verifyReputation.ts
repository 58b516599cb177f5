import { fromHex, toHex } from '../canonical/hex.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import { merkleRootFrom } from '../merkle/merkleTree.ts'
import { reputationLeafHash } from './reputationLeaf.ts'
import { type ReputationProof, reputationProofSchema } from './reputationProof.ts'

/**
 * Checks that a device's or requester's reputation stands under a root, such as the one that the vault shows. That it
 * does is proven, not at which place: the root says nothing of how many leaves there are.
 *
 * @param reputationRoot - hex
 * @returns the reputation, 0..1
 * @throws GstdError `MERKLE_PROOF_INVALID`; `DOCUMENT_MALFORMED` for a proof that is none
 */
export const verifyReputation = (reputationRoot: string, proof: ReputationProof): number => {
  const { leaf, count, inclusion } = parseWith(reputationProofSchema, proof, 'DOCUMENT_MALFORMED', 'proof')
  const { index, path } = inclusion
  const root = merkleRootFrom(reputationLeafHash(leaf), { index, count, path: path.map(fromHex) })
  if (root === undefined || toHex(root) !== reputationRoot) {
    throw new GstdError('MERKLE_PROOF_INVALID', `leaf ${index} does not stand under the reputation root`, {
      details: { index, count, root: reputationRoot },
    })
  }
  return leaf.reputation
}
