import { describe, expect, it } from 'vitest'
import { minimise } from './minimise.ts'

const items = Array.from({ length: 200 }, (_, index) => index)

describe('minimise', () => {
  it('leaves what the failure needs, in order', async () => {
    const needed = [3, 77, 78, 199]
    const fails = async (some: readonly number[]): Promise<boolean> => needed.every((each) => some.includes(each))
    expect(await minimise(items, fails, 1000)).toEqual(needed)
  })

  it('asks no more often than it may, and still fails', async () => {
    let runs = 0
    const fails = async (some: readonly number[]): Promise<boolean> => {
      runs++
      return some.includes(5) && some.includes(150)
    }
    const left = await minimise(items, fails, 7)
    expect(runs).toBe(7)
    expect(left).toEqual(expect.arrayContaining([5, 150]))
    expect(left.length).toBeLessThan(items.length)
  })
})
