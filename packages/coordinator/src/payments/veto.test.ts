import { expect, it } from 'vitest'
import { GUARD_DELAY_SEC } from '@gstd/sdk/contracts'
import { logged } from '../dispatch/inspect.testing.ts'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { deliver, isCommit, openPayments, pay, type PaymentsForTests, tickUntil } from './openPayments.testing.ts'

const TIMEOUT_MS = 180_000
/** A window that a veto is in for sure, however busy the machine. */
const WINDOW_SEC = 3_600

const EVERY_STEP = Array.from({ length: 100 }, () => 1)

/** Pays until the vault shows a commit, and lets the guardian veto it. */
const vetoNext = async (all: PaymentsForTests, epoch: number): Promise<void> => {
  await tickUntil(all, () => isCommit(all, epoch, 'landed'))
  await all.chain.veto(epoch)
  await expect.poll(async () => (await all.chain.readVault())?.frozenAtSec).toBeGreaterThan(0)
}

const isUnfrozen =
  ({ chain }: PaymentsForTests) =>
  async () =>
    (await chain.readVault())?.frozenAtSec === 0

it('pays a vetoed epoch and what came since under the next number', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments({ challengeWindowSec: WINDOW_SEC })
  const devices = await connectDevices(all.bench, 3)
  await deliver(all, devices)
  await vetoNext(all, 1)
  await tickUntil(all, () => isCommit(all, 1, 'vetoed'))
  expect(await all.chain.readVault()).toMatchObject({ epoch: 1, fundedFrom: 1, paidNano: 0n })

  // Work goes on while the vault is frozen; nothing is charged, committed or unfrozen before its time.
  await deliver(all, devices)
  const size = all.bench.journal.tree.size
  await all.advance(GUARD_DELAY_SEC - 600)
  const payments = all.open()
  for (let tick = 0; tick < 5; tick++) await payments.tick()
  expect(all.bench.journal.tree.size).toBe(size)

  await all.advance(700)
  await tickUntil(all, isUnfrozen(all))
  await tickUntil(all, () => isCommit(all, 2, 'landed'))
  await all.advance(WINDOW_SEC)
  await pay(all, 2)
  await checkPaidOnce(all, devices, 2, [1])
  expect(await logged(all.bench, 'vetoed')).toEqual([{ epoch: 1 }])
  expect(await logged(all.bench, 'unfreeze')).toHaveLength(1)
})

it('does so whichever step it is killed after, veto after veto', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments({ challengeWindowSec: WINDOW_SEC })
  const devices = await connectDevices(all.bench, 2)
  await deliver(all, devices)
  for (const epoch of [1, 2]) {
    await vetoNext(all, epoch)
    await tickUntil(all, () => isCommit(all, epoch, 'vetoed'), EVERY_STEP)
    await all.advance(GUARD_DELAY_SEC + 60)
    await tickUntil(all, isUnfrozen(all), EVERY_STEP)
  }
  await tickUntil(all, () => isCommit(all, 3, 'landed'), EVERY_STEP)
  await all.advance(WINDOW_SEC)
  await pay(all, 3)
  await checkPaidOnce(all, devices, 3, [1, 2])
  expect(await logged(all.bench, 'vetoed')).toEqual([{ epoch: 1 }, { epoch: 2 }])
})
