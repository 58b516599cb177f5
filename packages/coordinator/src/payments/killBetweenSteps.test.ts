import { expect, it } from 'vitest'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { deliver, openPayments, pay } from './openPayments.testing.ts'

/** A dozen restarts, on a machine that runs other tests at the same time. */
const TIMEOUT_MS = 180_000

it('pays once, whichever step of a payout the coordinator is killed after', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments()
  const devices = await connectDevices(all.bench, 2)
  let epoch = 0
  for (let isKilled = true; isKilled;) {
    epoch += 1
    await deliver(all, devices)
    const lives = await pay(all, epoch, [epoch])
    isKilled = lives.length > 1
    await checkPaidOnce(all, devices, epoch)
    if (isKilled) for (const device of devices) await device.reconnect()
  }
  // Charge, co-signature, stored, sent, landed; the same for the commit; the payout stored, sent, seen.
  expect(epoch).toBeGreaterThan(12)
})
