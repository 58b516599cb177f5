/** Where each entry stands in its heap. Heaps may share one as long as no entry is in two of them. */
export type HeapPositions = { of: Int32Array<ArrayBuffer> }

/** A heap of small whole numbers, each with a key: the smallest key is first. Any entry can be taken out. */
export type IndexedHeap = {
  readonly size: number
  /** @returns the entry with the smallest key */
  first(): number | undefined
  /** @returns the entry at a place of the heap's own order, 0..size − 1 */
  at(place: number): number | undefined
  has(entry: number): boolean
  /** Puts an entry in, or gives it another key. */
  put(entry: number, key: number): void
  /** @returns false where it was not in */
  remove(entry: number): boolean
  /** @returns the first entry that is accepted; costs one step for each that is refused */
  firstWhere(accept: (entry: number) => boolean): number | undefined
}

/** Children of a node: four share a cache line, and halve the depth. */
const ARITY = 4

/** Entries for which a heap has room from the start. */
const ROOM = 4

/** @returns room for entries below the capacity; heaps enlarge it */
export const createHeapPositions = (capacity = 64): HeapPositions => ({ of: new Int32Array(capacity).fill(-1) })

const makeRoom = (positions: HeapPositions, entry: number): void => {
  const { of } = positions
  const known = of.length
  if (entry < known) return
  const larger = new Int32Array(of.buffer.transfer(Math.max(entry + 1, known * 2) * Int32Array.BYTES_PER_ELEMENT))
  larger.fill(-1, known)
  positions.of = larger
}

/**
 * Builds an empty heap; putting in and taking out costs the logarithm of its size.
 *
 * @param comesBefore - orders entries with equal keys
 */
export const createIndexedHeap = (
  positions: HeapPositions,
  comesBefore: (entry: number, other: number) => boolean,
): IndexedHeap => {
  // Keys lie beside the entries, not behind them: with a million entries each look elsewhere is a cache miss.
  let keys = new Float64Array(ROOM)
  let entries = new Int32Array(ROOM)
  let size = 0

  /** Hands the memory over instead of leaving a copy to be collected. */
  const resize = (capacity: number): void => {
    keys = new Float64Array(keys.buffer.transfer(capacity * Float64Array.BYTES_PER_ELEMENT))
    entries = new Int32Array(entries.buffer.transfer(capacity * Int32Array.BYTES_PER_ELEMENT))
  }

  const set = (place: number, entry: number, key: number): void => {
    entries[place] = entry
    keys[place] = key
    positions.of[entry] = place
  }

  const isBefore = (entry: number, key: number, place: number): boolean => {
    const other = keys[place] ?? Infinity
    return key < other || (key === other && comesBefore(entry, entries[place] ?? -1))
  }

  const rise = (entry: number, key: number, from: number): void => {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 2
      if (!isBefore(entry, key, parent)) break
      set(place, entries[parent] ?? -1, keys[parent] ?? 0)
      place = parent
    }
    set(place, entry, key)
  }

  const sink = (entry: number, key: number, from: number): void => {
    let place = from
    for (;;) {
      const start = place * ARITY + 1
      const end = Math.min(start + ARITY, size)
      if (start >= end) break
      let least = start
      for (let child = start + 1; child < end; child++) {
        if (isBefore(entries[child] ?? -1, keys[child] ?? 0, least)) least = child
      }
      if (isBefore(entry, key, least)) break
      set(place, entries[least] ?? -1, keys[least] ?? 0)
      place = least
    }
    set(place, entry, key)
  }

  const settle = (entry: number, key: number, place: number): void => {
    if (place > 0 && isBefore(entry, key, (place - 1) >> 2)) rise(entry, key, place)
    else sink(entry, key, place)
  }

  /** Positions are shared: an entry is in this heap only where it also stands at its place. */
  const placeOf = (entry: number): number => {
    const place = positions.of[entry] ?? -1
    return place < size && entries[place] === entry ? place : -1
  }

  const first = (): number | undefined => (size === 0 ? undefined : entries[0])

  const put = (entry: number, key: number): void => {
    makeRoom(positions, entry)
    const place = placeOf(entry)
    if (place !== -1) {
      settle(entry, key, place)
      return
    }
    if (size === entries.length) resize(size * 2)
    size += 1
    rise(entry, key, size - 1)
  }

  const remove = (entry: number): boolean => {
    const place = placeOf(entry)
    if (place === -1) return false
    positions.of[entry] = -1
    size -= 1
    if (place < size) settle(entries[size] ?? -1, keys[size] ?? 0, place)
    if (size > ROOM && size < entries.length / 4) resize(entries.length / 2)
    return true
  }

  const firstWhere = (accept: (entry: number) => boolean): number | undefined => {
    const refused: { entry: number; key: number }[] = []
    let entry = first()
    while (entry !== undefined && !accept(entry)) {
      refused.push({ entry, key: keys[0] ?? 0 })
      remove(entry)
      entry = first()
    }
    for (const one of refused) put(one.entry, one.key)
    return entry
  }

  return {
    get size() {
      return size
    },
    first,
    at: (place) => (place < size ? entries[place] : undefined),
    has: (entry) => placeOf(entry) !== -1,
    put,
    remove,
    firstWhere,
  }
}
