import { sha256 } from '../crypto/sha256.ts'
import { GstdError } from '../errors/GstdError.ts'
import { merkleLeaf } from './merkleTree.ts'

/** A tree that only grows (RFC 6962): the root and paths of every earlier size stay available. */
export type LogTree = {
  readonly size: number
  /** @param hash - the entry's 32-byte document hash */
  append(hash: Uint8Array): void
  /** @returns 32 bytes */
  root(size?: number): Uint8Array
  /** @returns the inclusion path of entry `index` in the tree of `size` entries. */
  path(index: number, size?: number): Uint8Array[]
}

const INNER = Uint8Array.of(1)
const largestPowerBelow = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))

/** Appends in O(log n) amortised hashes; a root or path costs O(log² n), whatever the size. */
export const createLogTree = (): LogTree => {
  /** levels[d][i] is the root of the complete subtree over entries [i·2^d, (i+1)·2^d). */
  const levels: Uint8Array[][] = [[]]

  const leaves = (): Uint8Array[] => levels[0] ?? []

  const node = (start: number, size: number): Uint8Array => {
    const depth = Math.log2(size)
    const complete = Number.isInteger(depth) ? levels[depth]?.[start / size] : undefined
    if (complete !== undefined) return complete
    const left = largestPowerBelow(size)
    return sha256(INNER, node(start, left), node(start + left, size - left))
  }

  const pathIn = (index: number, start: number, size: number): Uint8Array[] => {
    if (size === 1) return []
    const left = largestPowerBelow(size)
    return index < left
      ? [...pathIn(index, start, left), node(start + left, size - left)]
      : [...pathIn(index - left, start + left, size - left), node(start, left)]
  }

  const checkSize = (size: number, least: number): void => {
    if (!Number.isSafeInteger(size) || size < least || size > leaves().length) {
      throw new GstdError('DOCUMENT_MALFORMED', `the log has ${leaves().length} entries, not ${size}`)
    }
  }

  return {
    get size() {
      return leaves().length
    },
    append: (hash) => {
      let carried = merkleLeaf(hash)
      for (let depth = 0; ; depth++) {
        const level = (levels[depth] ??= [])
        level.push(carried)
        const left = level.length % 2 === 0 ? level.at(-2) : undefined
        if (left === undefined) return
        carried = sha256(INNER, left, carried)
      }
    },
    root: (size = leaves().length) => {
      checkSize(size, 1)
      return node(0, size)
    },
    path: (index, size = leaves().length) => {
      checkSize(size, index + 1)
      return pathIn(index, 0, size)
    },
  }
}
