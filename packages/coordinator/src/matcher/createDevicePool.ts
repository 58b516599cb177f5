import { GstdError, type NetworkParameters } from '@gstd/sdk'
import { createHeapPositions, createIndexedHeap, type IndexedHeap } from '../queue/createIndexedHeap.ts'
import { lackOf, type PooledDevice, type WaitingTask } from './lackOf.ts'
import { scoreDevice } from './matchSeats.ts'

/** The devices with a free slot for one operation and model, the best score first, by their slots in the pool. */
export type DeviceClass = {
  readonly operation: string
  readonly model: string
  readonly free: IndexedHeap
  /** Its number among the pool's classes. */
  readonly index: number
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
  /**
   * Puts in a device, or what a heartbeat, another reliability or another certificate changed of it.
   *
   * @throws GstdError `LIMITS_OUT_OF_RANGE` for what cannot be ranked; then nothing has changed
   */
  put(device: PooledDevice): void
  /** @returns false where it was not in */
  remove(deviceId: string): boolean
  /**
   * Frees a slot.
   *
   * @returns the device; nothing where it has gone meanwhile
   * @throws GstdError `INTERNAL_ERROR` where no slot is used
   */
  release(deviceId: string): PooledDevice | undefined
  /** Lets time pass, never backwards. @returns the devices whose certificates ended */
  advance(nowMs: number): PooledDevice[]
  /** @returns the class, made from all devices when first asked for */
  classOf(operation: string, model: string): DeviceClass
  /**
   * Uses a slot of the device for the task's next seat: independent of those on the task, with a free slot, and one that
   * let the task down only where no other is there, busy or not.
   *
   * @param draw - the lot's n-th number, in [0, 1); given where the device is drawn and not the best
   */
  take(of: DeviceClass, task: WaitingTask, draw?: (attempt: number) => number): PooledDevice | undefined
}

type Owner = {
  devices: number
  /** How many of the devices are free in each class, by its number. */
  freeIn: number[]
}

type IndexedClass = DeviceClass & {
  /** Scores of devices without their load, which alone changes with each match. */
  idleScores: number[]
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
  const owners = new Map<string, Owner>()
  const ownerAt: (Owner | undefined)[] = []
  const offering = new Map<string, Set<number>>()
  const classes: IndexedClass[] = []
  const classByKey = new Map<string, IndexedClass>()
  const certificates = createIndexedHeap(createHeapPositions(), (a, b) => a < b)
  let nowMs = 0

  const idAt = (slot: number): string => devices[slot]?.deviceId ?? ''
  const isLowerId = (a: number, b: number): boolean => idAt(a) < idAt(b)

  const countFree = (of: IndexedClass, slot: number, by: 1 | -1): void => {
    const freeIn = ownerAt[slot]?.freeIn
    if (freeIn !== undefined) freeIn[of.index] = (freeIn[of.index] ?? 0) + by
  }

  const leave = (of: IndexedClass, slot: number): void => {
    if (of.free.remove(slot)) countFree(of, slot, -1)
  }

  const place = (of: IndexedClass, slot: number, device: PooledDevice): void => {
    if (lackOf(device, of.anyTask, nowMs, independence) !== undefined) {
      leave(of, slot)
      return
    }
    if (!of.free.has(slot)) countFree(of, slot, 1)
    of.free.put(slot, weights.load * (device.busySlots / device.slots) - (of.idleScores[slot] ?? 0))
  }

  const rate = (of: IndexedClass, slot: number, device: PooledDevice): void => {
    if (device.operations.has(of.operation))
      of.idleScores[slot] = scoreDevice({ ...device, busySlots: 0 }, of, { weights })
    place(of, slot, device)
  }

  const leaveAll = (slot: number, device: PooledDevice): void => {
    for (const of of classes) leave(of, slot)
    for (const operation of device.operations) offering.get(operation)?.delete(slot)
  }

  const disown = (slot: number, name: string): void => {
    const owner = ownerAt[slot]
    ownerAt[slot] = undefined
    if (owner === undefined) return
    owner.devices -= 1
    if (owner.devices === 0) owners.delete(name)
  }

  const own = (slot: number, name: string): void => {
    const owner = owners.get(name) ?? { devices: 0, freeIn: [] }
    owner.devices += 1
    owners.set(name, owner)
    ownerAt[slot] = owner
  }

  const offer = (slot: number, operations: Iterable<string>): void => {
    for (const operation of operations) {
      const slots = offering.get(operation)
      if (slots === undefined) offering.set(operation, new Set([slot]))
      else slots.add(slot)
    }
  }

  /** What cannot be ranked is refused before anything has changed. */
  const check = (device: PooledDevice): void => {
    const { deviceId, slots, busySlots, certifiedUntilMs } = device
    if (
      ![slots, busySlots].every((count) => Number.isSafeInteger(count) && count >= 0) ||
      Number.isNaN(certifiedUntilMs)
    ) {
      throw new GstdError('LIMITS_OUT_OF_RANGE', `device ${deviceId} has no whole number of slots, or no date`, {
        details: { path: 'slots', slots, busy_slots: busySlots, certified_until: certifiedUntilMs },
      })
    }
    const idle = { ...device, busySlots: 0 }
    scoreDevice({ ...idle, reliability: () => 0 }, { operation: '', model: '' }, { weights })
    for (const of of classes) scoreDevice(idle, of, { weights })
  }

  const put = (given: PooledDevice): void => {
    check(given)
    const slot = slotOf.get(given.deviceId) ?? freeSlots.pop() ?? devices.length
    const device = { ...given }
    const known = devices[slot]
    if (known !== undefined && (known.owner !== device.owner || known.operations !== device.operations)) {
      leaveAll(slot, known)
      disown(slot, known.owner)
    }
    if (ownerAt[slot] === undefined) own(slot, device.owner)
    slotOf.set(device.deviceId, slot)
    devices[slot] = device
    certificates.put(slot, device.certifiedUntilMs)
    offer(slot, device.operations)
    for (const of of classes) rate(of, slot, device)
  }

  const remove = (deviceId: string): boolean => {
    const slot = slotOf.get(deviceId)
    const device = slot === undefined ? undefined : devices[slot]
    if (slot === undefined || device === undefined) return false
    leaveAll(slot, device)
    disown(slot, device.owner)
    certificates.remove(slot)
    slotOf.delete(deviceId)
    devices[slot] = undefined
    freeSlots.push(slot)
    return true
  }

  const setBusy = (slot: number, device: PooledDevice, busySlots: number): PooledDevice => {
    device.busySlots = busySlots
    for (const of of classes) place(of, slot, device)
    return device
  }

  const release = (deviceId: string): PooledDevice | undefined => {
    const slot = slotOf.get(deviceId)
    const device = slot === undefined ? undefined : devices[slot]
    if (slot === undefined || device === undefined) return undefined
    if (device.busySlots === 0) throw new GstdError('INTERNAL_ERROR', `device ${deviceId} has no slot in use`)
    return setBusy(slot, device, device.busySlots - 1)
  }

  const advance = (toMs: number): PooledDevice[] => {
    if (toMs > nowMs) nowMs = toMs
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
    const created: IndexedClass = { operation, model, free, index: classes.length, anyTask, idleScores: [] }
    classes.push(created)
    classByKey.set(key, created)
    for (const [slot, device] of devices.entries()) if (device !== undefined) rate(created, slot, device)
    return created
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
  const isOwnersOnly = ({ free, index }: DeviceClass, { taken }: WaitingTask): boolean => {
    if (taken.length === 0) return free.size === 0
    let dependent = 0
    for (const name of new Set(taken.map(({ owner }) => owner))) dependent += owners.get(name)?.freeIn[index] ?? 0
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

  const choose = (of: DeviceClass, task: WaitingTask, draw?: (attempt: number) => number): number | undefined => {
    if (isOwnersOnly(of, task)) return undefined
    const pick = (asked: WaitingTask): number | undefined => {
      const accept = (slot: number): boolean => {
        const device = devices[slot]
        return device !== undefined && lackOf(device, asked, nowMs, independence) === undefined
      }
      return draw === undefined ? of.free.firstWhere(accept) : drawn(of, accept, draw)
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
    release,
    advance,
    classOf,
    take: (of, task, draw) => {
      const slot = choose(of, task, draw)
      const device = slot === undefined ? undefined : devices[slot]
      return slot === undefined || device === undefined ? undefined : setBusy(slot, device, device.busySlots + 1)
    },
  }
}
