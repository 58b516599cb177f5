import type { NetworkParameters } from '@gstd/sdk'
import { countLacks, type LackCount } from './countLacks.ts'
import { lackOf, type PooledDevice, type WaitingTask } from './lackOf.ts'

/** Why a seat waits. */
export type SeatExplanation = {
  /** How many devices are connected. */
  devices: number
  /** How many could take the seat now: it waits for its turn. Examples are device ids. */
  suitable: number
  examples: string[]
  /** What the others lack. */
  lacking: LackCount<string>[]
}

/** @returns which of the devices could take a task's next seat, and what the others lack; looks at every device */
export const explainSeat = (
  task: WaitingTask,
  devices: readonly PooledDevice[],
  { nowMs, independence }: { nowMs: number; independence: NetworkParameters['independence'] },
): SeatExplanation => {
  const look = (asked: WaitingTask) =>
    devices.map((device) => ({
      example: device.deviceId,
      lack: lackOf(device, asked, nowMs, independence),
    }))
  const found = look(task)
  const isAnotherThere = found.some(({ lack }) => lack === undefined || lack === 'busy')
  const counted = countLacks(isAnotherThere ? found : look({ ...task, failedDeviceIds: new Set() }))
  return { devices: devices.length, ...counted }
}
