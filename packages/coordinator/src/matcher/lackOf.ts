import type { NetworkParameters } from '@gstd/sdk'
import { areIndependent, type Identity } from '../devices/independence.ts'
import type { MatchableDevice } from './matchSeats.ts'

/** A device that may get work until its certificate ends, unix ms. */
export type PooledDevice = MatchableDevice & { certifiedUntilMs: number }

/** What decides which devices may take a task's next seat. */
export type WaitingTask = {
  taskId: string
  operation: string
  model: string
  method: string
  /** Devices that hold or held a seat of this task whose answer counts. The matcher adds those it gives a seat to. */
  taken: readonly Identity[]
  /** Devices that let this task down; asked again only when nobody else is there. */
  failedDeviceIds: ReadonlySet<string>
}

/** Why a device does not get a seat, in the order of asking. */
export const lacks = [
  'certificate_expired',
  'operation_not_offered',
  'no_slots',
  'not_independent',
  'failed_before',
  'busy',
] as const
export type Lack = (typeof lacks)[number]

/** @returns the first thing that keeps a device from taking a seat of the task now; nothing where it may take it */
export const lackOf = (
  device: PooledDevice,
  task: Pick<WaitingTask, 'operation' | 'taken' | 'failedDeviceIds'>,
  nowMs: number,
  independence: NetworkParameters['independence'],
): Lack | undefined => {
  if (device.certifiedUntilMs <= nowMs) return 'certificate_expired'
  if (!device.operations.has(task.operation)) return 'operation_not_offered'
  if (device.slots <= 0) return 'no_slots'
  if (!task.taken.every((identity) => areIndependent(identity, device, independence))) return 'not_independent'
  if (task.failedDeviceIds.has(device.deviceId)) return 'failed_before'
  if (device.busySlots >= device.slots) return 'busy'
  return undefined
}
