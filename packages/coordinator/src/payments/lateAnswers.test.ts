import { expect, it } from 'vitest'
import { connectDevices } from '../dispatch/play.testing.ts'
import { checkPaidOnce } from './checkPaidOnce.testing.ts'
import { createLaggingChain } from './laggingChain.testing.ts'
import { deliver, openPayments, pay, type PaymentsForTests, tickUntil } from './openPayments.testing.ts'
import { DEAD_AFTER_SEC, VALIDITY_SEC } from './paymentContext.ts'
import { dropCharge } from './trackCharges.ts'

const TIMEOUT_MS = 120_000
const EXPIRY_SEC = VALIDITY_SEC + DEAD_AFTER_SEC + 1

const open = async () => {
  const lagging = createLaggingChain()
  const all = await openPayments({ through: lagging.through })
  const devices = await connectDevices(all.bench, 2)
  await deliver(all, devices)
  return { all, devices, lagging }
}

const statesOf = async ({ bench }: PaymentsForTests, table: 'charges' | 'commits'): Promise<string[]> =>
  (await bench.journal.query<{ state: string }>(`SELECT state FROM ${table} ORDER BY index`)).map(({ state }) => state)

const isCharged =
  ({ client, chain }: PaymentsForTests) =>
  async () =>
    ((await client.readEscrow(chain.requester.address, 0))?.chargedNano ?? 0n) > 0n

const isEpochTaken =
  ({ client }: PaymentsForTests) =>
  async () =>
    (await client.vault())?.epoch === 1

const isLogged = (all: PaymentsForTests, table: 'charges' | 'commits') => async () =>
  (await statesOf(all, table)).length > 0

/** Many ticks, in which nothing may happen. */
const tickOften = async (all: PaymentsForTests): Promise<void> => {
  const payments = all.open()
  for (let tick = 0; tick < 10; tick++) await payments.tick()
}

it('never gives up a charge by what a node says that has stopped', { timeout: TIMEOUT_MS }, async () => {
  const { all, devices, lagging } = await open()
  await lagging.stop(all.client, all.chain.requester.address)
  await tickUntil(all, isCharged(all))
  await all.advance(EXPIRY_SEC)
  await tickOften(all)
  expect(await statesOf(all, 'charges')).toEqual(['open'])
  lagging.catchUp()
  await pay(all, 1)
  await checkPaidOnce(all, devices, 1)
})

it('never gives up a commit by what a node says that has stopped', { timeout: TIMEOUT_MS }, async () => {
  const { all, devices, lagging } = await open()
  await tickUntil(all, isLogged(all, 'commits'))
  await lagging.stop(all.client, all.chain.requester.address)
  await tickUntil(all, isEpochTaken(all))
  await all.advance(EXPIRY_SEC)
  await tickOften(all)
  expect(await statesOf(all, 'commits')).toEqual(['open'])
  lagging.catchUp()
  await pay(all, 1)
  await checkPaidOnce(all, devices, 1)
})

it('gives up a charge that the chain shows to be expired', { timeout: TIMEOUT_MS }, async () => {
  const { all } = await open()
  const payments = all.open()
  while (!(await isLogged(all, 'charges')())) await payments.tick()
  await all.advance(EXPIRY_SEC + 60)
  await expect
    .poll(
      async () => {
        await payments.tick()
        return statesOf(all, 'charges')
      },
      { timeout: 10_000 },
    )
    .toEqual(['dead'])
})

it('takes up a charge again that was given up and has landed', { timeout: TIMEOUT_MS }, async () => {
  const { all, devices } = await open()
  await tickUntil(all, isCharged(all))
  const { journal } = all.bench
  const [charge] = await journal.query<{ index: number }>('SELECT index FROM charges')
  await journal.write((unit) => dropCharge(unit, charge?.index ?? -1, all.clock()))
  expect(await statesOf(all, 'charges')).toEqual(['dead'])
  await pay(all, 1)
  expect(await statesOf(all, 'charges')).toEqual(['landed'])
  await checkPaidOnce(all, devices, 1)
})

it('takes up a commit again that was given up and has landed', { timeout: TIMEOUT_MS }, async () => {
  const { all, devices } = await open()
  await tickUntil(all, isEpochTaken(all))
  await all.bench.journal.write((unit) => unit.query(`UPDATE commits SET state = 'dead', ended_at = $1`, [all.clock()]))
  await deliver(all, devices)
  await pay(all, 2)
  expect(await statesOf(all, 'commits')).toEqual(['executed', 'executed'])
  await checkPaidOnce(all, devices, 2)
})
