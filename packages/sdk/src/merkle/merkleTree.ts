import { sha256 } from '../crypto/sha256.ts'
import { GstdError } from '../errors/GstdError.ts'

const LEAF = Uint8Array.of(0)
const INNER = Uint8Array.of(1)

/** A binary SHA-256 tree of the shape of RFC 6962: an odd node is carried up unchanged. */
export type MerkleTree = {
  /** 32 bytes. */
  readonly root: Uint8Array
  readonly count: number
  /** Sibling hashes from the leaf's level to the root's; levels where the node is carried up have none. */
  path(index: number): Uint8Array[]
}

/** @returns SHA-256(0x00 ‖ hash). */
export const merkleLeaf = (hash: Uint8Array): Uint8Array => sha256(LEAF, hash)

const parent = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(INNER, left, right)

const nextLevel = (level: readonly Uint8Array[]): Uint8Array[] => {
  const next: Uint8Array[] = []
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index]
    const right = level[index + 1]
    if (left !== undefined) next.push(right === undefined ? left : parent(left, right))
  }
  return next
}

/**
 * Builds the tree over document hashes.
 *
 * @param hashes - 32-byte hashes of the items, in order; at least one
 */
export const buildMerkleTree = (hashes: readonly Uint8Array[]): MerkleTree => {
  const levels = [hashes.map(merkleLeaf)]
  for (let level = levels[0] ?? []; level.length > 1;) {
    level = nextLevel(level)
    levels.push(level)
  }
  const root = levels.at(-1)?.[0]
  if (root === undefined) throw new GstdError('DOCUMENT_MALFORMED', 'a Merkle tree needs at least one item')
  return {
    root,
    count: hashes.length,
    path: (index) =>
      levels.slice(0, -1).flatMap((level, depth) => {
        const sibling = level[(index >> depth) ^ 1]
        return sibling === undefined ? [] : [sibling]
      }),
  }
}

/** Where an item stands in a tree, and the siblings that lead from it to the root. */
export type MerklePosition = { index: number; count: number; path: readonly Uint8Array[] }

/**
 * Follows an inclusion path.
 *
 * @param hash - the item's 32-byte document hash (not yet a leaf)
 * @returns the root it leads to, or `undefined` when path, index and count do not fit together
 */
export const merkleRootFrom = (hash: Uint8Array, { index, count, path }: MerklePosition): Uint8Array | undefined => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return undefined
  let node = merkleLeaf(hash)
  let used = 0
  for (let at = index, width = count; width > 1; at >>= 1, width = (width + 1) >> 1) {
    if (at === width - 1 && at % 2 === 0) continue
    const sibling = path[used++]
    if (sibling === undefined || sibling.length !== 32) return undefined
    node = at % 2 === 0 ? parent(node, sibling) : parent(sibling, node)
  }
  return used === path.length ? node : undefined
}
