import { Address } from '@ton/core'
import { expect } from 'vitest'
import type { DeviceForTests } from '../dispatch/connectDevice.testing.ts'
import { logged } from '../dispatch/inspect.testing.ts'
import type { PaymentsForTests } from './openPayments.testing.ts'

const total = (amounts: readonly string[]): bigint => amounts.reduce((sum, amount) => sum + BigInt(amount), 0n)

/**
 * Compares what the chain holds with what the verdicts say: every execution is paid, and once.
 *
 * @param epochs - all numbers up to the vault's last one
 * @param skipped - those that were never paid
 */
export const checkPaidOnce = async (
  { bench, chain }: PaymentsForTests,
  devices: readonly DeviceForTests[],
  epochs: number,
  skipped: readonly number[] = [],
): Promise<void> => {
  const verdicts = await logged(bench, 'verdict')
  const charges = await logged(bench, 'charge')
  expect(charges.flatMap(({ task_ids }) => task_ids).toSorted()).toEqual(
    verdicts.map(({ task_id }) => task_id).toSorted(),
  )
  const paid = Array.from({ length: epochs }, (_, index) => index + 1).filter((epoch) => !skipped.includes(epoch))
  expect(await logged(bench, 'executed')).toEqual(paid.map((epoch) => ({ epoch })))
  const seats = verdicts.flatMap((verdict) => verdict.seats)
  for (const { deviceId, identity } of devices) {
    const earned = seats.filter(({ device_id }) => device_id === deviceId).map(({ reward_nano }) => reward_nano)
    const payout = Address.parseRaw(identity.certificate.certificate.payout_address)
    await expect.poll(() => chain.receivedNano(payout), { message: deviceId, timeout: 10_000 }).toBe(total(earned))
  }
  const vault = await chain.readVault()
  expect(vault).toMatchObject({ epoch: epochs, fundedNextNano: 0n, owedNano: 0n })
  expect(vault?.paidNano).toBe(total(verdicts.map(({ charged_nano }) => charged_nano)))
}
