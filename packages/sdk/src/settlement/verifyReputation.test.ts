import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildMerkleTree } from '../merkle/merkleTree.ts'
import { proveReputation } from './proveReputation.ts'
import { type ReputationLeaf, reputationLeafHash, reputationLeavesOf } from './reputationLeaf.ts'
import type { ReputationProof } from './reputationProof.ts'
import { reputationRootOf } from './roots.ts'
import { verifyReputation } from './verifyReputation.ts'

const reputation = fc.nat(1_000_000).map((millionths) => millionths / 1e6)
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString('hex'))
const device = fc.record({ device_id: hex(16), reputation })
const requester = fc.record({ requester: hex(32).map((account) => `0:${account}`), reputation })
const commit = fc.record({
  reputations: fc.uniqueArray(device, { selector: ({ device_id }) => device_id, maxLength: 20 }),
  requesters: fc.uniqueArray(requester, { selector: (leaf) => leaf.requester, maxLength: 20 }),
})

const prove = (published: Parameters<typeof proveReputation>[0], leaf: ReputationLeaf): ReputationProof => {
  const proof = proveReputation(published, leaf)
  if (proof === undefined) throw new Error('the commit does not name it')
  return proof
}

describe('verifyReputation', () => {
  it('gives the reputation of every device and requester of a commit', () => {
    fc.assert(
      fc.property(commit, (published) => {
        const leaves = reputationLeavesOf(published)
        const root = reputationRootOf(leaves)
        expect(leaves.map((leaf) => verifyReputation(root, prove(published, leaf)))).toEqual(
          leaves.map((leaf) => leaf.reputation),
        )
      }),
    )
  })

  it('refuses another figure, another place, another path and another root', () => {
    fc.assert(
      fc.property(commit, fc.nat(), fc.nat(999_999), (published, pick, other) => {
        const leaves = reputationLeavesOf(published)
        const leaf = leaves[pick % leaves.length]
        fc.pre(leaf !== undefined && leaf.reputation !== other / 1e6)
        if (leaf === undefined) return
        const proof = prove(published, leaf)
        const root = reputationRootOf(leaves)
        const { index, path } = proof.inclusion
        for (const wrong of [
          { ...proof, leaf: { ...leaf, reputation: other / 1e6 } },
          { ...proof, inclusion: { index: leaves.length, path } },
          ...(leaves.length === 1 ? [] : [{ ...proof, inclusion: { index: (index + 1) % leaves.length, path } }]),
          { ...proof, inclusion: { index, path: [...path, '00'.repeat(32)] } },
        ]) {
          expect(() => verifyReputation(root, wrong)).toThrow(
            expect.objectContaining({ code: 'MERKLE_PROOF_INVALID' }) as Error,
          )
        }
        expect(() => verifyReputation('ab'.repeat(32), proof)).toThrow(/does not stand under the reputation root/)
      }),
    )
  })

  it('takes no requester for a device, nor a device for a requester', () => {
    const account = '07'.repeat(32)
    const published = {
      reputations: [{ device_id: account.slice(0, 32), reputation: 0.5 }],
      requesters: [{ requester: `0:${account}`, reputation: 0.75 }],
    }
    const root = reputationRootOf(reputationLeavesOf(published))
    const [asDevice, asRequester] = reputationLeavesOf(published).map((leaf) => prove(published, leaf))
    if (asDevice === undefined || asRequester === undefined) throw new Error('both are published')
    const forged = [
      { ...asRequester, leaf: { device_id: account.slice(0, 32), reputation: 0.75 } },
      { ...asDevice, leaf: { requester: `0:${account}`, reputation: 0.5 } },
    ]
    for (const proof of forged) expect(() => verifyReputation(root, proof)).toThrow(/does not stand under/)
  })

  it('refuses what is no proof, before it computes anything', () => {
    const leaf = { device_id: '01'.repeat(16), reputation: 0.5 }
    const tree = buildMerkleTree([reputationLeafHash(leaf)])
    const root = reputationRootOf([leaf])
    const proof: ReputationProof = { leaf, count: tree.count, inclusion: { index: 0, path: [] } }
    expect(verifyReputation(root, proof)).toBe(0.5)
    const wrong: unknown[] = [
      // The same bytes in the leaf: four of them wrap, and a part of a step is rounded.
      { ...proof, leaf: { ...leaf, reputation: 0.5 + 2 ** 32 / 1e6 } },
      { ...proof, leaf: { ...leaf, reputation: 0.500_000_1 } },
      { ...proof, leaf: { ...leaf, requester: `0:${'01'.repeat(32)}` } },
      { ...proof, leaf: { requester: '01'.repeat(32), reputation: 0.5 } },
      { ...proof, inclusion: { index: 0, path: ['01'] } },
      { ...proof, count: -1 },
      {},
    ]
    for (const each of wrong) {
      expect(() => verifyReputation(root, each as ReputationProof)).toThrow(
        expect.objectContaining({ code: 'DOCUMENT_MALFORMED' }) as Error,
      )
    }
  })
})

describe('proveReputation', () => {
  it('has nothing to show of one whom the commit does not name', () => {
    const published = { reputations: [{ device_id: '01'.repeat(16), reputation: 0.5 }], requesters: [] }
    expect(proveReputation(published, { device_id: '02'.repeat(16) })).toBeUndefined()
    expect(proveReputation(published, { requester: `0:${'01'.repeat(32)}` })).toBeUndefined()
    expect(proveReputation({ reputations: [], requesters: [] }, { device_id: '02'.repeat(16) })).toBeUndefined()
  })
})
