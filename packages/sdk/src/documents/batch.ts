import { z } from 'zod'
import { fromHex, toHex } from '../canonical/hex.ts'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { randomHex } from '../crypto/randomHex.ts'
import { GstdError } from '../errors/GstdError.ts'
import { buildMerkleTree, type MerkleTree, merkleRootFrom } from '../merkle/merkleTree.ts'
import { defineDocument } from './defineDocument.ts'
import { hex16, hex32, hex64, type Origin, origin, unixMs } from './fields.ts'

const batchKinds = ['descriptor', 'order', 'proof'] as const

/** Header of a signed batch, protocol §3: one signature covers every item under the root. */
export const batchHeaderSchema = z.strictObject({
  ...origin,
  kind: z.enum(batchKinds),
  /** Public key that signs. */
  signer: hex32,
  /** Public key of the reader, or `any` where each item names its own. */
  recipient: z.union([hex32, z.literal('any')]),
  root: hex32,
  count: z
    .int()
    .min(1)
    .max(1 << 20),
  nonce: hex16,
  timestamp: unixMs,
})

export const signedBatchSchema = z.strictObject({ header: batchHeaderSchema, signature: hex64 })
export const inclusionSchema = z.strictObject({ index: z.int().nonnegative(), path: z.array(hex32).max(32) })

export type BatchKind = (typeof batchKinds)[number]
export type BatchHeader = z.output<typeof batchHeaderSchema>
export type SignedBatch = z.output<typeof signedBatchSchema>
/** Where an item stands under a batch's root. */
export type Inclusion = z.output<typeof inclusionSchema>

export const batchDocument = defineDocument('batch', batchHeaderSchema, 'DOCUMENT_MALFORMED')

export type SignBatchOptions = {
  kind: BatchKind
  origin: Origin
  signer: Signer
  recipient: string
  /** 32-byte document hashes, in order. */
  hashes: readonly Uint8Array[]
  /** Unix ms. */
  timestamp: number
}

/** @returns the inclusion of item `index` in wire form. */
export const inclusionOf = (tree: MerkleTree, index: number): Inclusion => ({
  index,
  path: tree.path(index).map(toHex),
})

/**
 * Signs many documents at once.
 *
 * @returns the signed header, and the tree that gives every item's inclusion
 */
export const signBatch = async (options: SignBatchOptions): Promise<{ batch: SignedBatch; tree: MerkleTree }> => {
  const tree = buildMerkleTree(options.hashes)
  const header: BatchHeader = {
    version: 1,
    network: options.origin.network,
    vault: options.origin.vault,
    kind: options.kind,
    signer: options.signer.publicKey,
    recipient: options.recipient,
    root: toHex(tree.root),
    count: tree.count,
    nonce: randomHex(16),
    timestamp: options.timestamp,
  }
  return { batch: { header, signature: await options.signer.sign(batchDocument.hash(header)) }, tree }
}

export type BatchExpectation = { kind: BatchKind; origin: Origin; signer?: string; recipient?: string }

/**
 * Checks a batch's header and signature.
 *
 * @throws GstdError `NETWORK_MISMATCH` for another network, vault, kind or recipient, `SIGNATURE_INVALID` otherwise
 */
export const verifyBatch = async ({ header, signature }: SignedBatch, expected: BatchExpectation): Promise<void> => {
  const wrong = (
    [
      ['network', header.network, expected.origin.network],
      ['vault', header.vault, expected.origin.vault],
      ['kind', header.kind, expected.kind],
      ['recipient', header.recipient, expected.recipient ?? header.recipient],
    ] as const
  ).find(([, actual, wanted]) => actual !== wanted)
  if (wrong !== undefined) {
    const [field, actual, wanted] = wrong
    throw new GstdError('NETWORK_MISMATCH', `the batch is for ${field} ${actual}, here it is ${wanted}`, {
      details: { path: `header.${field}`, actual, expected: wanted },
    })
  }
  if (expected.signer !== undefined && header.signer !== expected.signer) {
    throw new GstdError('SIGNATURE_INVALID', 'the batch is signed by another key', {
      details: { actual: header.signer, expected: expected.signer },
    })
  }
  if (!(await verifySignature(header.signer, batchDocument.hash(header), signature))) {
    throw new GstdError('SIGNATURE_INVALID', 'the signature of the batch does not match its header')
  }
}

/**
 * Checks that a document stands under a batch's root.
 *
 * @param hash - the document's 32-byte hash
 * @throws GstdError `MERKLE_PROOF_INVALID`
 */
export const verifyInclusion = (header: BatchHeader, hash: Uint8Array, { index, path }: Inclusion): void => {
  const root = merkleRootFrom(hash, { index, count: header.count, path: path.map(fromHex) })
  if (root === undefined || toHex(root) !== header.root) {
    throw new GstdError('MERKLE_PROOF_INVALID', `item ${index} does not stand under the signed root`, {
      details: { index, root: header.root },
    })
  }
}
