import { MAX_PAYOUTS_PER_BATCH } from '@gstd/sdk/contracts'
import { expect, it } from 'vitest'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { deliver, openPayments, pay } from './openPayments.testing.ts'

/** A restart for each step, on a machine that runs other tests at the same time. */
const TIMEOUT_MS = 180_000

it('pays once when it is killed after every single step, over several batches', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments()
  const devices = await connectDevices(all.bench, MAX_PAYOUTS_PER_BATCH + 10)
  await deliver(all, devices)
  const everyStep = Array.from({ length: 100 }, () => 1)
  const lives = await pay(all, 1, everyStep)
  expect(lives.flat().length).toBeGreaterThan(15)
  await checkPaidOnce(all, devices, 1)
})
