import { expect, it } from 'vitest'
import { createCache } from './createCache.ts'

it('keeps what was used last, and makes the rest anew', () => {
  const made: string[] = []
  const cache = createCache<string, string>(2)
  const get = (key: string) =>
    cache.get(key, () => {
      made.push(key)
      return key.toUpperCase()
    })
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(get)).toEqual(['A', 'B', 'A', 'C', 'A', 'B'])
  expect(made).toEqual(['a', 'b', 'c', 'b'])
})
