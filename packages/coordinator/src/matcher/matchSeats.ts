import { computeDeviceScore, type NetworkParameters } from '@gstd/sdk'
import { areIndependent, type Identity } from '../devices/independence.ts'

/** A connected device as the matcher sees it. */
export type MatchableDevice = Identity & {
  operations: ReadonlySet<string>
  cachedModels: ReadonlySet<string>
  availableEnergy: number
  latencyMs: number
  slots: number
  busySlots: number
  /** Reliability for an (operation, model), 0..1. */
  reliability(operation: string, model: string): number
}

/** A seat that waits for a device. */
export type WaitingSeat = {
  id: number
  taskId: string
  operation: string
  model: string
  method: string
  /** Whether no other seat of the task has a device yet: that one goes to the best, `majority`'s others by lot. */
  isFirst: boolean
  /** Devices that hold or held a seat of this task whose answer counts. */
  taken: readonly Identity[]
  /** Devices that let this task down; asked again only when nobody else is there. */
  failedDeviceIds: ReadonlySet<string>
}

export type Assignment = { seat: WaitingSeat; device: MatchableDevice }

export type MatchRules = {
  weights: NetworkParameters['weights']['device_score']
  independence: NetworkParameters['independence']
  /** A number in [0, 1) for a seat, from a seed that the log can reproduce. */
  draw: (seat: WaitingSeat) => number
}

/** @returns protocol §9's device_score, 0..1: how well a device suits a seat. */
export const scoreDevice = (
  device: MatchableDevice,
  seat: Pick<WaitingSeat, 'operation' | 'model'>,
  rules: Pick<MatchRules, 'weights'>,
): number =>
  computeDeviceScore(
    {
      reputation: device.reliability(seat.operation, seat.model),
      availableEnergy: device.availableEnergy,
      latencyMs: device.latencyMs,
      cachedModel: device.cachedModels.has(seat.model),
      load: device.slots === 0 ? 1 : device.busySlots / device.slots,
    },
    rules.weights,
  )

/** Devices that may take the seat some time, whether busy now or not. */
const eligibleDevices = (
  devices: readonly MatchableDevice[],
  seat: WaitingSeat,
  rules: MatchRules,
): MatchableDevice[] => {
  const able = devices.filter(
    (device) =>
      device.slots > 0 &&
      device.operations.has(seat.operation) &&
      seat.taken.every((identity) => areIndependent(identity, device, rules.independence)),
  )
  const fresh = able.filter((device) => !seat.failedDeviceIds.has(device.deviceId))
  return fresh.length > 0 ? fresh : able
}

const best = (devices: readonly MatchableDevice[], seat: WaitingSeat, rules: MatchRules) =>
  devices
    .map((device) => ({ device, score: scoreDevice(device, seat, rules) }))
    .toSorted((a, b) => b.score - a.score || (a.device.deviceId < b.device.deviceId ? -1 : 1))
    .at(0)?.device

const drawn = (devices: readonly MatchableDevice[], seat: WaitingSeat, rules: MatchRules) => {
  const inOrder = devices.toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
  return inOrder[Math.floor(rules.draw(seat) * inOrder.length)]
}

/**
 * Gives seats to devices, in the order of the seats: the best-scored device for a task's first seat and for
 * `reference`, a drawn one for `majority`'s others. No device gets more than its free slots, and no two devices of
 * a task are dependent on each other.
 */
export const matchSeats = (
  seats: readonly WaitingSeat[],
  devices: readonly MatchableDevice[],
  rules: MatchRules,
): Assignment[] => {
  const pool = devices.map((device) => ({ ...device }))
  const takenNow = new Map<string, Identity[]>()
  const assignments: Assignment[] = []
  for (const waiting of seats) {
    const others = takenNow.get(waiting.taskId) ?? []
    const seat = {
      ...waiting,
      taken: [...waiting.taken, ...others],
      isFirst: waiting.isFirst && others.length === 0,
    }
    const free = eligibleDevices(pool, seat, rules).filter((device) => device.busySlots < device.slots)
    const device = seat.method === 'majority' && !seat.isFirst ? drawn(free, seat, rules) : best(free, seat, rules)
    if (device === undefined) continue
    device.busySlots += 1
    takenNow.set(seat.taskId, [...others, device])
    assignments.push({ seat, device })
  }
  return assignments
}
