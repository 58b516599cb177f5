import { expect, it } from 'vitest'
import { every } from './every.ts'

it('runs again and again, slower while it fails, and as fast as before once it does not', async () => {
  const startedAt: number[] = []
  const errors: unknown[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const job = async () => {
    startedAt.push(performance.now())
    if (startedAt.length === 8) resolve()
    if (startedAt.length <= 5) throw new Error('down')
  }
  const repeated = every(20, job, (thrown) => errors.push(thrown))
  await done
  await repeated.stop()
  const pauses = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0))
  expect(errors).toHaveLength(5)
  // Timers are never early by more than a millisecond; how late they are is the machine's business.
  for (const [failures, pause] of pauses.slice(0, 5).entries())
    expect(pause).toBeGreaterThan(20 * 2 ** (failures + 1) - 2)
  expect(Math.min(...pauses.slice(5))).toBeLessThan(20 * 2 ** 5)
})
