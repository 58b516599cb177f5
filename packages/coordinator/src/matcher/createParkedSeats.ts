import type { NetworkParameters } from '@gstd/sdk'
import { areIndependent, type Identity } from '../devices/independence.ts'
import type { Lane } from '../queue/createSeatQueue.ts'
import type { WaitingTask } from './lackOf.ts'

type Exclusions = Pick<WaitingTask, 'taken' | 'failedDeviceIds'>

/** Seats of one class for which none of the free devices will do, apart from the others until one comes that will. */
export type ParkedSeats = {
  /** @returns the lane of seats that just the same devices are excluded from, where there is one */
  known(task: Exclusions): Lane | undefined
  /** @returns the lane for a seat that no free device will do for; it sleeps from now on */
  park(task: Exclusions): Lane
  /** Lanes for which a device may be free: try them. */
  awake(): Iterable<Lane>
  all(): Lane[]
  /** To be said of each device that has a slot free, or may do now what it might not before. */
  wakeFor(device: Identity): void
  /** To be said when a device has gone: those that failed may be asked again where no other is left. */
  wakeFailed(): void
}

type ParkedLane = {
  lane: Lane
  ownersKey: string
  exclusionKey: string
  taken: readonly Identity[]
  hasFailed: boolean
}
type OwnersGroup = { owners: ReadonlySet<string>; lanes: Map<string, ParkedLane> }

const ownersOf = ({ taken }: Exclusions): string[] => [...new Set(taken.map(({ owner }) => owner))].toSorted()

const exclusionKeyOf = ({ taken, failedDeviceIds }: Exclusions): string =>
  `${taken
    .map(({ deviceId, fingerprint, addressRange }) => `${deviceId} ${fingerprint} ${addressRange}`)
    .toSorted()
    .join()}|${[...failedDeviceIds].toSorted().join()}`

/**
 * Builds it without seats. What wakes costs one look at each group of owners whom seats exclude, and at each lane of
 * the groups without the device's own: not one at each seat.
 */
export const createParkedSeats = (
  createLane: () => Lane,
  independence: NetworkParameters['independence'],
): ParkedSeats => {
  const groups = new Map<string, OwnersGroup>()
  const awake = new Set<ParkedLane>()

  const laneOf = (task: Exclusions): ParkedLane | undefined =>
    groups.size === 0 ? undefined : groups.get(ownersOf(task).join())?.lanes.get(exclusionKeyOf(task))

  const open = (task: Exclusions): ParkedLane => {
    const owners = ownersOf(task)
    const parked = {
      lane: createLane(),
      ownersKey: owners.join(),
      exclusionKey: exclusionKeyOf(task),
      taken: [...task.taken],
      hasFailed: task.failedDeviceIds.size > 0,
    }
    const group = groups.get(parked.ownersKey) ?? { owners: new Set(owners), lanes: new Map<string, ParkedLane>() }
    groups.set(parked.ownersKey, group)
    group.lanes.set(parked.exclusionKey, parked)
    return parked
  }

  const drop = (parked: ParkedLane): void => {
    awake.delete(parked)
    const lanes = groups.get(parked.ownersKey)?.lanes
    lanes?.delete(parked.exclusionKey)
    if (lanes?.size === 0) groups.delete(parked.ownersKey)
  }

  const wake = (isGroup: (group: OwnersGroup) => boolean, isLane: (lane: ParkedLane) => boolean): void => {
    for (const group of groups.values()) {
      if (!isGroup(group)) continue
      for (const parked of group.lanes.values()) {
        if (parked.lane.size === 0) drop(parked)
        else if (isLane(parked)) awake.add(parked)
      }
    }
  }

  return {
    known: (task) => laneOf(task)?.lane,
    park: (task) => {
      const parked = laneOf(task) ?? open(task)
      awake.delete(parked)
      return parked.lane
    },
    *awake() {
      for (const parked of awake) {
        if (parked.lane.size === 0) drop(parked)
        else yield parked.lane
      }
    },
    all: () => [...groups.values()].flatMap(({ lanes }) => [...lanes.values()].map(({ lane }) => lane)),
    wakeFor: (device) =>
      wake(
        ({ owners }) => !owners.has(device.owner),
        ({ taken }) => taken.every((identity) => areIndependent(identity, device, independence)),
      ),
    wakeFailed: () =>
      wake(
        () => true,
        ({ hasFailed }) => hasFailed,
      ),
  }
}
