import type { NetworkParameters } from '@gstd/sdk'
import type { QueuedSeat } from '../queue/createSeatQueue.ts'
import { countLacks, type LackCount } from './countLacks.ts'
import type { DeviceClass } from './createDevicePool.ts'
import { lackOf, type PooledDevice, type WaitingTask } from './lackOf.ts'
import { scoreDevice } from './matchSeats.ts'

/** What waits for one operation and model, and what a device lacks for it. */
export type WorkExplanation = {
  operation: string
  model: string
  waiting: number
  /** How many of the waiting seats were looked at, the longest waiting among them; not all where they are many. */
  examined: number
  /** How many of those the device could take now; examples are ids of seats. */
  suitable: number
  examples: number[]
  lacking: LackCount<number>[]
  /** protocol §9's device_score of the device for it; nothing where it does not offer the operation */
  score?: number
  /** How many free devices have a higher score: they are asked first. */
  outbidBy: number
}

/** Why a device gets no work: nothing waits, it lacks something, or others are asked first. */
export type DeviceExplanation = { deviceId: string; work: WorkExplanation[] }

type Offered = { devices: DeviceClass; waiting: number; seats: QueuedSeat<WaitingTask>[] }

type ExplainRules = {
  weights: NetworkParameters['weights']['device_score']
  independence: NetworkParameters['independence']
  nowMs: number
  /** Devices by their places in the classes. */
  deviceAt: (slot: number) => PooledDevice | undefined
}

/** @returns what a device could take of the seats, and what it lacks for the others */
export const explainDevice = (
  device: PooledDevice,
  offered: readonly Offered[],
  { weights, independence, nowMs, deviceAt }: ExplainRules,
): DeviceExplanation => {
  const work = offered.map(({ devices, waiting, seats }): WorkExplanation => {
    const counted = countLacks(
      seats.map(({ id, task }) => ({ example: id, lack: lackOf(device, task, nowMs, independence) })),
    )
    const { operation, model, free } = devices
    const explained = { operation, model, waiting, examined: seats.length, ...counted }
    if (!device.operations.has(operation) || device.busySlots > device.slots || device.slots === 0) {
      return { ...explained, outbidBy: 0 }
    }
    const score = scoreDevice(device, devices, { weights })
    let outbidBy = 0
    for (let place = 0; place < free.size; place++) {
      const other = deviceAt(free.at(place) ?? -1)
      if (other !== undefined && scoreDevice(other, devices, { weights }) > score) outbidBy += 1
    }
    return { ...explained, score, outbidBy }
  })
  return { deviceId: device.deviceId, work }
}
