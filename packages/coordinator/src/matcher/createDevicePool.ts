import { GstdError, type NetworkParameters } from '@gstd/sdk'
import { createHeapPositions, createIndexedHeap, type IndexedHeap } from '../queue/createIndexedHeap.ts'
import { lackOf, type PooledDevice, type WaitingTask } from './lackOf.ts'
import { scoreDevice } from './matchSeats.ts'

/** The devices with a free slot for one operation and model, the best score first, by their slots in the pool. */
export type DeviceClass = {
  readonly operation: string
  readonly model: string
  readonly free: IndexedHeap
  /** How many of them each owner has. */
  readonly freeByOwner: ReadonlyMap<string, number>
}

export type DevicePoolRules = {
  weights: NetworkParameters['weights']['device_score']
  independence: NetworkParameters['independence']
}

/** The connected devices, indexed by what they are good for. */
export type DevicePool = {
  readonly size: number
  all(): Iterable<PooledDevice>
  get(deviceId: string): PooledDevice | undefined
  /** @returns the device in a slot of the pool, as classes name them */
  at(slot: number): PooledDevice | undefined
  /** Puts in a device, or what a heartbeat, another reliability or another certificate changed of it. */
  put(device: PooledDevice): void
  /** @returns false where it was not in */
  remove(deviceId: string): boolean
  /** @throws GstdError `INTERNAL_ERROR` where it has no free slot */
  occupy(deviceId: string): void
  /** A device that has gone meanwhile has nothing to free. @throws GstdError `INTERNAL_ERROR` where no slot is used */
  release(deviceId: string): void
  /** Lets time pass, never backwards. @returns the devices whose certificates ended */
  advance(nowMs: number): PooledDevice[]
  /** @returns the class, made from all devices when first asked for */
  classOf(operation: string, model: string): DeviceClass
  /**
   * @param draw - the lot's n-th number, in [0, 1); given where the device is drawn and not the best
   * @returns the device for the task's next seat: independent of those on the task, with a free slot, and one that let
   *   the task down only where no other is there, busy or not
   */
  choose(of: DeviceClass, task: WaitingTask, draw?: (attempt: number) => number): PooledDevice | undefined
}

type ClassIndex = DeviceClass & {
  freeByOwner: Map<string, number>
  /** A task that excludes nobody: what devices of the class have to do for anyone. */
  anyTask: Pick<WaitingTask, 'operation' | 'taken' | 'failedDeviceIds'>
}

/** Lots that may fall on a device that cannot take the seat, before the others are counted. */
const LOTS = 16

const NOBODY: ReadonlySet<string> = new Set()

/** Builds an empty pool. A change of a device costs the logarithm of their number in each class that it belongs to. */
export const createDevicePool = ({ weights, independence }: DevicePoolRules): DevicePool => {
  const slotOf = new Map<string, number>()
  const freeSlots: number[] = []
  const devices: (PooledDevice | undefined)[] = []
  const offering = new Map<string, Set<number>>()
  const classes: ClassIndex[] = []
  const classByKey = new Map<string, ClassIndex>()
  const certificates = createIndexedHeap(createHeapPositions(), (a, b) => a < b)
  let nowMs = 0

  const idAt = (slot: number): string => devices[slot]?.deviceId ?? ''
  const isLowerId = (a: number, b: number): boolean => idAt(a) < idAt(b)

  const leave = (index: ClassIndex, slot: number, owner: string): void => {
    if (!index.free.remove(slot)) return
    const left = (index.freeByOwner.get(owner) ?? 0) - 1
    if (left > 0) index.freeByOwner.set(owner, left)
    else index.freeByOwner.delete(owner)
  }

  const place = (index: ClassIndex, slot: number, device: PooledDevice): void => {
    if (lackOf(device, index.anyTask, nowMs, independence) !== undefined) {
      leave(index, slot, device.owner)
      return
    }
    if (!index.free.has(slot)) index.freeByOwner.set(device.owner, (index.freeByOwner.get(device.owner) ?? 0) + 1)
    index.free.put(slot, -scoreDevice(device, index, { weights }))
  }

  const leaveAll = (slot: number, device: PooledDevice): void => {
    for (const index of classes) leave(index, slot, device.owner)
    for (const operation of device.operations) offering.get(operation)?.delete(slot)
  }

  const offer = (slot: number, operations: Iterable<string>): void => {
    for (const operation of operations) {
      const slots = offering.get(operation)
      if (slots === undefined) offering.set(operation, new Set([slot]))
      else slots.add(slot)
    }
  }

  const put = (given: PooledDevice): void => {
    const slot = slotOf.get(given.deviceId) ?? freeSlots.pop() ?? devices.length
    const device = { ...given }
    const known = devices[slot]
    if (known !== undefined && (known.owner !== device.owner || known.operations !== device.operations)) {
      leaveAll(slot, known)
    }
    slotOf.set(device.deviceId, slot)
    devices[slot] = device
    certificates.put(slot, device.certifiedUntilMs)
    offer(slot, device.operations)
    for (const index of classes) place(index, slot, device)
  }

  const remove = (deviceId: string): boolean => {
    const slot = slotOf.get(deviceId)
    const device = slot === undefined ? undefined : devices[slot]
    if (slot === undefined || device === undefined) return false
    leaveAll(slot, device)
    certificates.remove(slot)
    slotOf.delete(deviceId)
    devices[slot] = undefined
    freeSlots.push(slot)
    return true
  }

  const count = (deviceId: string, by: 1 | -1): void => {
    const slot = slotOf.get(deviceId)
    const device = slot === undefined ? undefined : devices[slot]
    if (slot === undefined || device === undefined) return
    const busySlots = device.busySlots + by
    if (busySlots < 0 || (by === 1 && busySlots > device.slots)) {
      throw new GstdError(
        'INTERNAL_ERROR',
        `device ${deviceId} cannot have ${busySlots} of ${device.slots} slots in use`,
      )
    }
    device.busySlots = busySlots
    for (const index of classes) place(index, slot, device)
  }

  const advance = (toMs: number): PooledDevice[] => {
    nowMs = Math.max(nowMs, toMs)
    const ended: PooledDevice[] = []
    for (let slot = certificates.first(); slot !== undefined; slot = certificates.first()) {
      const device = devices[slot]
      if (device === undefined || device.certifiedUntilMs > nowMs) break
      certificates.remove(slot)
      leaveAll(slot, device)
      ended.push(device)
    }
    return ended
  }

  const classOf = (operation: string, model: string): DeviceClass => {
    const key = `${operation}\n${model}`
    const known = classByKey.get(key)
    if (known !== undefined) return known
    const free = createIndexedHeap(createHeapPositions(devices.length), isLowerId)
    const anyTask = { operation, taken: [], failedDeviceIds: NOBODY }
    const index: ClassIndex = { operation, model, free, freeByOwner: new Map(), anyTask }
    classes.push(index)
    classByKey.set(key, index)
    for (const [slot, device] of devices.entries()) if (device !== undefined) place(index, slot, device)
    return index
  }

  const drawn = ({ free }: DeviceClass, accept: (slot: number) => boolean, draw: (attempt: number) => number) => {
    for (let attempt = 0; attempt < LOTS && free.size > 0; attempt++) {
      const slot = free.at(Math.floor(draw(attempt) * free.size))
      if (slot !== undefined && accept(slot)) return slot
    }
    const accepted = Array.from({ length: free.size }, (_, at) => free.at(at) ?? -1).filter(accept)
    return accepted[Math.floor(draw(LOTS) * accepted.length)]
  }

  /** Whether all that are free belong to owners who have a seat already: one look at each owner instead of each device. */
  const isOwnersOnly = ({ free, freeByOwner }: DeviceClass, { taken }: WaitingTask): boolean => {
    let dependent = 0
    for (const owner of new Set(taken.map((identity) => identity.owner))) dependent += freeByOwner.get(owner) ?? 0
    return dependent === free.size
  }

  const isAnotherThere = (task: WaitingTask): boolean => {
    for (const slot of offering.get(task.operation) ?? []) {
      const device = devices[slot]
      const lack = device === undefined ? 'no_slots' : lackOf(device, task, nowMs, independence)
      if (lack === undefined || lack === 'busy') return true
    }
    return false
  }

  const choose = (of: DeviceClass, task: WaitingTask, draw?: (attempt: number) => number) => {
    if (isOwnersOnly(of, task)) return undefined
    const pick = (asked: WaitingTask): PooledDevice | undefined => {
      const accept = (slot: number): boolean => {
        const device = devices[slot]
        return device !== undefined && lackOf(device, asked, nowMs, independence) === undefined
      }
      const slot = draw === undefined ? of.free.firstWhere(accept) : drawn(of, accept, draw)
      return slot === undefined ? undefined : devices[slot]
    }
    const chosen = pick(task)
    if (chosen !== undefined || task.failedDeviceIds.size === 0 || isAnotherThere(task)) return chosen
    return pick({ ...task, failedDeviceIds: NOBODY })
  }

  return {
    get size() {
      return slotOf.size
    },
    *all() {
      for (const device of devices) if (device !== undefined) yield device
    },
    get: (deviceId) => devices[slotOf.get(deviceId) ?? -1],
    at: (slot) => devices[slot],
    put,
    remove,
    occupy: (deviceId) => count(deviceId, 1),
    release: (deviceId) => count(deviceId, -1),
    advance,
    classOf,
    choose,
  }
}
