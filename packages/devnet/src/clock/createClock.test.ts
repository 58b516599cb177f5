import { expect, it } from 'vitest'
import { createClock } from './createClock.ts'

it('is the machine’s, ahead of it, and never behind what it has shown', () => {
  let machineMs = 1_000_000_999
  const clock = createClock(() => machineMs, 5, 0)
  expect(clock.nowSec()).toBe(1_000_005)
  clock.advance(10)
  expect([clock.aheadSec, clock.nowSec()]).toEqual([15, 1_000_015])
  machineMs -= 60_000
  expect(clock.nowSec()).toBe(1_000_015)
  machineMs += 61_000
  expect(clock.nowSec()).toBe(1_000_016)
  expect(createClock(() => machineMs, 0, 2_000_000).nowSec()).toBe(2_000_000)
})
