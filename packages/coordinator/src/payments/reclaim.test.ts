import { Address } from '@ton/core'
import { expect, it, onTestFinished } from 'vitest'
import { logged, readLog } from '../dispatch/inspect.testing.ts'
import { connectDevices } from '../dispatch/play.testing.ts'
import { copyDatabase } from '../storage/copyDatabase.testing.ts'
import { openDatabase } from '../storage/openDatabase.ts'
import { restoreEntry } from '../recovery/restoreEntry.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { createLaggingChain } from './laggingChain.testing.ts'
import { deliver, openPayments, pay, tickUntil } from './openPayments.testing.ts'

const TIMEOUT_MS = 120_000
const RECLAIMABLE_SEC = 14 * 86_400 + 60

it('leaves out what its owner took back, and pays what comes after', { timeout: TIMEOUT_MS }, async () => {
  const all = await openPayments()
  const { bench, chain } = all
  const devices = await connectDevices(bench, 2)
  await deliver(all, devices)
  // The epoch is charged, and nobody commits it.
  await tickUntil(all, async () => ((await chain.readVault())?.fundedNextNano ?? 0n) > 0n)
  const [charge] = await bench.journal.query<{ epoch: number; cell_hash: string; cumulative_nano: number }>(
    'SELECT epoch, cell_hash, cumulative_nano FROM charges',
  )
  await all.advance(RECLAIMABLE_SEC)
  await chain.reclaim(1)
  await expect.poll(async () => (await chain.readVault())?.fundedNextNano, { timeout: 20_000 }).toBe(0n)
  await tickUntil(all, async () => (await logged(bench, 'reclaimed')).length > 0)
  expect(await logged(bench, 'reclaimed')).toEqual([
    {
      escrow: chain.requester.escrow,
      epoch: charge?.epoch,
      charge_hash: charge?.cell_hash,
      amount_nano: String(charge?.cumulative_nano),
    },
  ])

  await chain.prolongSession()
  await deliver(all, devices)
  await pay(all, 1)
  const verdicts = await logged(bench, 'verdict')
  for (const { deviceId, identity } of devices) {
    const earned = verdicts
      .slice(2)
      .flatMap(({ seats }) => seats)
      .filter((seat) => seat.device_id === deviceId)
      .reduce((sum, seat) => sum + BigInt(seat.reward_nano), 0n)
    const payout = Address.parseRaw(identity.certificate.certificate.payout_address)
    await expect.poll(() => chain.receivedNano(payout), { timeout: 10_000 }).toBe(earned)
  }
  expect(await chain.readVault()).toMatchObject({ epoch: 1, fundedNextNano: 0n, owedNano: 0n })
  expect(await logged(bench, 'reclaimed')).toHaveLength(1)

  const payments = all.open()
  const receiptOf = (index: number) => payments.receiptPayment(verdicts[index]?.task_id ?? '')
  expect(await receiptOf(0)).toBeUndefined()
  expect(await receiptOf(2)).toMatchObject({ epoch: 1 })

  const restored = await openDatabase(await copyDatabase())
  onTestFinished(() => restored.close())
  const { parameters } = bench
  const chargedNow = async () => (await all.client.readEscrow(chain.requester.address, 0))?.chargedNano ?? 0n
  const context = { origin: parameters, parameters, chargedAfter: chargedNow }
  for (const entry of await readLog(bench)) await restoreEntry(restored, entry, context)
  const states = 'SELECT index, state FROM charges ORDER BY index'
  expect(await restored.query(states)).toEqual(await bench.journal.query(states))
})

it('takes no late answer of a node for a reclaim', { timeout: TIMEOUT_MS }, async () => {
  const lagging = createLaggingChain()
  const all = await openPayments({ through: lagging.through })
  const { bench, chain } = all
  const devices = await connectDevices(bench, 2)
  await deliver(all, devices)
  await lagging.stop(all.client, chain.requester.address)
  lagging.catchUp()
  const landed = async () => (await bench.journal.query(`SELECT 1 FROM charges WHERE state = 'landed'`)).length
  await tickUntil(all, async () => (await landed()) > 0)
  await all.advance(RECLAIMABLE_SEC)
  lagging.fallBack()
  const payments = all.open()
  for (let tick = 0; tick < 10; tick++) await payments.tick()
  expect(await logged(bench, 'reclaimed')).toEqual([])
  lagging.catchUp()
  await pay(all, 1)
  await checkPaidOnce(all, devices, 1)
})
