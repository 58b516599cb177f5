import type { LiveTasks } from '../live/createLiveTasks.ts'
import type { Connection } from '../devices/connections.ts'
import { readReliabilities } from '../devices/deviceStatistics.ts'
import type { MatchableDevice } from '../matcher/matchSeats.ts'
import type { Queries } from '../storage/database.ts'

/** @returns certified, connected devices as the matcher sees them; none while all of them are busy. */
export const readFreeDevices = async (
  queries: Queries,
  live: Pick<LiveTasks, 'busySlots'>,
  connections: readonly Connection[],
  nowMs: number,
): Promise<MatchableDevice[]> => {
  const connected = connections.filter(({ certifiedUntilMs }) => certifiedUntilMs > nowMs)
  if (connected.length === 0) return []
  if (!connected.some(({ deviceId, state }) => live.busySlots(deviceId) < state.slots)) return []
  const reliability = await readReliabilities(
    queries,
    connected.map(({ deviceId }) => deviceId),
  )
  return connected.map((connection) => ({
    deviceId: connection.deviceId,
    owner: connection.owner,
    fingerprint: connection.fingerprint,
    addressRange: connection.addressRange,
    operations: connection.operations,
    cachedModels: new Set(connection.state.cached_models),
    availableEnergy: connection.state.available_energy,
    latencyMs: connection.latencyMs,
    slots: connection.state.slots,
    busySlots: live.busySlots(connection.deviceId),
    reliability: (operation, model) => reliability(connection.deviceId, operation, model),
  }))
}
