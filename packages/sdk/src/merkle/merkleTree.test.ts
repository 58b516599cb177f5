import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../canonical/hex.ts'
import { sha256 } from '../crypto/sha256.ts'
import { createLogTree } from './logTree.ts'
import { buildMerkleTree, merkleLeaf, merkleRootFrom } from './merkleTree.ts'

const hashes = (count: number) => Array.from({ length: count }, (_, index) => sha256(Uint8Array.of(index, index >> 8)))

/** RFC 6962 §2.1, word for word. */
const rfc6962 = (items: Uint8Array[]): Uint8Array => {
  const [first] = items
  if (items.length === 1 && first !== undefined) return merkleLeaf(first)
  const split = 2 ** Math.floor(Math.log2(items.length - 1))
  return sha256(Uint8Array.of(1), rfc6962(items.slice(0, split)), rfc6962(items.slice(split)))
}

describe('Merkle trees', () => {
  it('have RFC 6962’s root for every size', () => {
    const log = createLogTree()
    for (const [index, hash] of hashes(70).entries()) {
      log.append(hash)
      const expected = toHex(rfc6962(hashes(index + 1)))
      expect(toHex(buildMerkleTree(hashes(index + 1)).root)).toBe(expected)
      expect(toHex(log.root())).toBe(expected)
    }
  })

  it('prove every item, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), (count, pick, other) => {
        const items = hashes(count)
        const tree = buildMerkleTree(items)
        const index = pick % count
        const wrong = other % count
        const path = tree.path(index)
        const root = merkleRootFrom(items[index] ?? new Uint8Array(), { index, count, path })
        expect(root && toHex(root)).toBe(toHex(tree.root))
        if (wrong === index) return
        const forged = merkleRootFrom(items[wrong] ?? new Uint8Array(), { index, count, path })
        expect(forged && toHex(forged)).not.toBe(toHex(tree.root))
        const moved = merkleRootFrom(items[index] ?? new Uint8Array(), { index: wrong, count, path })
        expect(moved && toHex(moved)).not.toBe(toHex(tree.root))
      }),
    )
  })

  it('keep roots and paths of every earlier size', () => {
    const items = hashes(200)
    const log = createLogTree()
    for (const hash of items) log.append(hash)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (size, pick) => {
        const index = pick % size
        const root = merkleRootFrom(items[index] ?? new Uint8Array(), {
          index,
          count: size,
          path: log.path(index, size),
        })
        expect(root && toHex(root)).toBe(toHex(log.root(size)))
      }),
    )
  })

  it('refuse paths of the wrong length and places outside', () => {
    const items = hashes(5)
    const tree = buildMerkleTree(items)
    const hash = items[1] ?? new Uint8Array()
    expect(merkleRootFrom(hash, { index: 1, count: 5, path: tree.path(1).slice(1) })).toBeUndefined()
    expect(merkleRootFrom(hash, { index: 1, count: 5, path: [...tree.path(1), hash] })).toBeUndefined()
    expect(merkleRootFrom(hash, { index: 5, count: 5, path: tree.path(1) })).toBeUndefined()
    expect(merkleRootFrom(hash, { index: -1, count: 5, path: tree.path(1) })).toBeUndefined()
    expect(() => buildMerkleTree([])).toThrow()
  })
})
