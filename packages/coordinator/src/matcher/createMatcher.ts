import type { NetworkParameters } from '@gstd/sdk'
import { createSeatQueue, type Lane, type QueuedSeat, type SeatTerms } from '../queue/createSeatQueue.ts'
import { createDevicePool, type DeviceClass } from './createDevicePool.ts'
import { createParkedSeats, type ParkedSeats } from './createParkedSeats.ts'
import { type DeviceExplanation, explainDevice } from './explainDevice.ts'
import { explainSeat, type SeatExplanation } from './explainSeat.ts'
import type { PooledDevice, WaitingTask } from './lackOf.ts'

export type MatcherRules = Pick<NetworkParameters, 'independence'> & {
  weights: Pick<NetworkParameters['weights'], 'priority' | 'device_score'>
}

/** A seat that was given to a device. */
export type Match<Task extends WaitingTask> = { id: number; task: Task; device: PooledDevice }

/** The lot of a seat: its n-th number, in [0, 1), from a seed that nobody can choose. */
export type Lots<Task extends WaitingTask> = (seat: { id: number; task: Task }, attempt: number) => number

/** Waiting seats and connected devices, and who gets what next. */
export type Matcher<Task extends WaitingTask> = {
  readonly waiting: number
  /**
   * @param id - of the seat; a whole number that no other waiting seat has
   * @param task - shared by its seats; what changes in it but `taken` growing is said by `reconsiderSeat`
   * @throws GstdError `LIMITS_OUT_OF_RANGE` for a term outside its range, `INTERNAL_ERROR` for an id that waits already
   */
  addSeat(id: number, task: Task, terms: SeatTerms): void
  /** @returns false where it did not wait */
  removeSeat(id: number): boolean
  /** A device of its task counts no longer, or failed. */
  reconsiderSeat(id: number): void
  /**
   * A device has connected, or its heartbeat, reliability or certificate has changed.
   *
   * @throws GstdError `LIMITS_OUT_OF_RANGE` for what cannot be ranked; then nothing has changed
   */
  putDevice(device: PooledDevice): void
  /** @returns false where it was not there */
  removeDevice(deviceId: string): boolean
  /** One slot of a device is free again. @throws GstdError `INTERNAL_ERROR` where none was used */
  releaseSlot(deviceId: string): void
  /**
   * Takes the next seat and a slot of the device for it: of all seats for which a free device will do the one with the
   * highest priority, one time in ten the longest waiting.
   *
   * @returns nothing while no free device will do for any waiting seat
   */
  next(nowMs: number, lots: Lots<Task>): Match<Task> | undefined
  /** @returns which devices could take a waiting seat and what the others lack; nothing for a seat that does not wait */
  explainSeat(id: number, nowMs: number): SeatExplanation | undefined
  /** @returns why a device gets no work, or which it could get; nothing for one that is not connected */
  explainDevice(deviceId: string, nowMs: number): DeviceExplanation | undefined
}

type SeatClass = { devices: DeviceClass; main: Lane; parked: ParkedSeats }

/** One dispatch in this many goes to the longest-waiting task, so that nothing starves. */
const LONGEST_WAITING_EVERY = 10

/** How many waiting seats of each operation and model an explanation looks at. */
const EXAMINED = 1000

const couldDoMore = (device: PooledDevice, known: PooledDevice): boolean =>
  device.operations === known.operations &&
  device.slots >= known.slots &&
  device.owner === known.owner &&
  device.fingerprint === known.fingerprint &&
  device.addressRange === known.addressRange &&
  device.certifiedUntilMs >= known.certifiedUntilMs

/**
 * Builds a matcher without seats and devices. What a match costs hardly depends on how many of either there are:
 * seats and devices stand in heaps, by operation and model.
 */
export const createMatcher = <Task extends WaitingTask>({ weights, independence }: MatcherRules): Matcher<Task> => {
  const queue = createSeatQueue<Task>(weights.priority)
  const pool = createDevicePool({ weights: weights.device_score, independence })
  const classes: SeatClass[] = []
  const byOperation = new Map<string, Map<string, SeatClass>>()
  let matched = 0

  const classOf = ({ operation, model }: WaitingTask): SeatClass => {
    const byModel = byOperation.get(operation) ?? new Map<string, SeatClass>()
    const known = byModel.get(model)
    if (known !== undefined) return known
    const created = {
      devices: pool.classOf(operation, model),
      main: queue.createLane(),
      parked: createParkedSeats(queue.createLane, independence),
    }
    classes.push(created)
    byOperation.set(operation, byModel.set(model, created))
    return created
  }

  const wakeFor = (device: PooledDevice): void => {
    if (device.busySlots >= device.slots) return
    for (const { devices, parked } of classes) {
      if (device.operations.has(devices.operation)) parked.wakeFor(device)
    }
  }

  const wakeFailed = ({ operations }: PooledDevice): void => {
    for (const { devices, parked } of classes) if (operations.has(devices.operation)) parked.wakeFailed()
  }

  const lanesToTry = function* (): Generator<Lane> {
    for (const { devices, main, parked } of classes) {
      if (devices.free.size === 0) continue
      yield main
      yield* parked.awake()
    }
  }

  /** Gives a seat to a device, or parks it where nobody who is free will do. */
  const give = (seat: QueuedSeat<Task>, lots: Lots<Task>): PooledDevice | undefined => {
    const { id, task, lane } = seat
    const { devices, main, parked } = classOf(task)
    const isByLot = task.method === 'majority' && task.taken.length > 0
    // Seats that the same devices are excluded from wait together, and are asked about together.
    const known = lane === main ? parked.known(task) : undefined
    const device =
      known === undefined ? pool.take(devices, task, isByLot ? (attempt) => lots(seat, attempt) : undefined) : undefined
    if (device === undefined) {
      queue.move(id, known ?? parked.park(task))
      return undefined
    }
    queue.remove(id)
    const { deviceId, owner, fingerprint, addressRange } = device
    task.taken = [...task.taken, { deviceId, owner, fingerprint, addressRange }]
    matched += 1
    return device
  }

  const next = (nowMs: number, lots: Lots<Task>): Match<Task> | undefined => {
    queue.advance(nowMs)
    for (const ended of pool.advance(nowMs)) wakeFailed(ended)
    const isTenth = (matched + 1) % LONGEST_WAITING_EVERY === 0
    for (;;) {
      const id = isTenth ? queue.longestWaiting(lanesToTry()) : queue.best(lanesToTry())
      const seat = id === undefined ? undefined : queue.get(id)
      if (seat === undefined) return undefined
      const device = give(seat, lots)
      if (device !== undefined) return { id: seat.id, task: seat.task, device }
    }
  }

  return {
    get waiting() {
      return queue.size
    },
    addSeat: (id, task, terms) => queue.add(id, task, terms, classOf(task).main),
    removeSeat: queue.remove,
    reconsiderSeat: (id) => {
      const seat = queue.get(id)
      if (seat !== undefined) queue.move(id, classOf(seat.task).main)
    },
    putDevice: (device) => {
      const known = pool.get(device.deviceId)
      pool.put(device)
      wakeFor(device)
      if (known !== undefined && !couldDoMore(device, known)) wakeFailed(known)
    },
    removeDevice: (deviceId) => {
      const device = pool.get(deviceId)
      if (device !== undefined) wakeFailed(device)
      return pool.remove(deviceId)
    },
    releaseSlot: (deviceId) => {
      const device = pool.release(deviceId)
      if (device !== undefined) wakeFor(device)
    },
    next,
    explainSeat: (id, nowMs) => {
      const seat = queue.get(id)
      return seat === undefined ? undefined : explainSeat(seat.task, [...pool.all()], { nowMs, independence })
    },
    explainDevice: (deviceId, nowMs) => {
      const device = pool.get(deviceId)
      if (device === undefined) return undefined
      const offered = classes.map(({ devices, main, parked }) => {
        const lanes = [main, ...parked.all()]
        const seats = lanes.flatMap((lane) => queue.some(lane, EXAMINED)).slice(0, EXAMINED)
        return { devices, waiting: lanes.reduce((sum, { size }) => sum + size, 0), seats }
      })
      const { device_score } = weights
      return explainDevice(device, offered, { weights: device_score, independence, nowMs, deviceAt: pool.at })
    },
  }
}
