import type { Connections } from '../devices/connections.ts'
import type { LiveTasks } from '../live/createLiveTasks.ts'
import { busyStates, type SeatState } from '../seats/seatRow.ts'

/** States in which a device has something to say. One that has committed may wait for others for long. */
const movingStates: readonly SeatState[] = [...busyStates, 'revealing', 'revealed']

/** @returns how many executions devices that are connected are about to bring further */
export const countMoving = (live: Pick<LiveTasks, 'ofDevice'>, connections: Pick<Connections, 'all'>): number =>
  connections
    .all()
    .reduce(
      (sum, { deviceId }) =>
        sum + live.ofDevice(deviceId).filter(({ state }) => movingStates.some((moving) => moving === state)).length,
      0,
    )
