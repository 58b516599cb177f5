import { describe, expect, it } from 'vitest'
import { createCoordinatorClock } from './createCoordinatorClock.ts'

describe('createCoordinatorClock', () => {
  it('follows the coordinator, whatever this machine’s clock does', () => {
    let monotonic = 500
    let wall = 1_000_000
    const clock = createCoordinatorClock(
      () => monotonic,
      () => wall,
    )
    expect(clock.now()).toBe(1_000_000)
    clock.hint(2_000_000)
    monotonic += 100
    wall = 7
    expect(clock.now()).toBe(2_000_100)
    clock.synchronise(3_000_000, 40)
    expect(clock.now()).toBe(3_000_020)
    monotonic += 0.6
    expect(clock.now()).toBe(3_000_021)
  })
})
