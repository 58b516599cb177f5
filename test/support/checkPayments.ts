import { type Receipt, verifyReceipt } from '@gstd/sdk'
import { verifySettlement } from '@gstd/sdk/contracts'
import { TonClient } from '@ton/ton'
import { expect } from 'vitest'
import type { LiveNetwork } from './liveNetwork.ts'
import { readPayouts } from './readPayouts.ts'

/**
 * Verifies the receipts of paid tasks, and that the vault has paid every device exactly what they add up to.
 *
 * @returns rewards of all devices, nano TON
 */
export const checkPayments = async (live: LiveNetwork, taskIds: readonly string[]): Promise<bigint> => {
  const { network, client, devices } = live
  const trust = {
    network: network.network,
    vault: network.vault,
    coordinatorKey: network.coordinator_key,
    auditorKey: network.auditor_key,
  }
  const earned = new Map(devices.map(({ deviceId }) => [deviceId, 0n]))
  const seen = new Set<string>()
  for (const taskId of taskIds) {
    const receipt: Receipt = await client.receipt(taskId)
    const { rewards, paidInEpoch, outcome } = await verifyReceipt(receipt, trust)
    expect(await verifySettlement(receipt, trust)).toBe(true)
    expect(outcome).toBe('accepted')
    expect(paidInEpoch).toBeGreaterThan(0)
    for (const { deviceId, attempt, amountNano } of rewards) {
      const key = `${taskId}/${deviceId}/${attempt}`
      expect(seen, 'one payment for each execution').not.toContain(key)
      seen.add(key)
      earned.set(deviceId, (earned.get(deviceId) ?? 0n) + amountNano)
    }
  }
  const chain = new TonClient({ endpoint: network.endpoint })
  for (const { deviceId, payoutAddress } of devices) {
    const payouts = await readPayouts(chain, network.vault, payoutAddress)
    const paid = payouts.reduce((sum, amount) => sum + amount, 0n)
    expect(paid, `paid to ${deviceId}`).toBe(earned.get(deviceId))
  }
  return [...earned.values()].reduce((sum, amount) => sum + amount, 0n)
}
