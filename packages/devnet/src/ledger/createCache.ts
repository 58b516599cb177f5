/** Keeps the values that were used last. */
export type Cache<Key, Value> = {
  /** @returns the kept value, or the one that is made now and kept */
  get(key: Key, make: () => Value): Value
}

/**
 * Makes a cache of values that never change.
 *
 * @param size - more than this many are not kept
 */
export const createCache = <Key, Value>(size: number): Cache<Key, Value> => {
  const values = new Map<Key, Value>()
  return {
    get: (key, make) => {
      const known = values.get(key)
      const value = known ?? make()
      // A map lists its keys in the order in which they were set: the first is the one unused for longest.
      values.delete(key)
      values.set(key, value)
      for (const oldest of values.size > size ? values.keys() : []) {
        values.delete(oldest)
        break
      }
      return value
    },
  }
}
