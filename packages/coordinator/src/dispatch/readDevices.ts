import type { Connection } from '../devices/connections.ts'
import type { Journal } from '../log/journal.ts'
import type { MatchableDevice } from '../matcher/matchSeats.ts'

/** @returns certified, connected devices as the matcher sees them; none while all of them are busy. */
export const readFreeDevices = (
  { live, skills }: Pick<Journal, 'live' | 'skills'>,
  connections: readonly Connection[],
  nowMs: number,
): MatchableDevice[] => {
  const connected = connections.filter(({ certifiedUntilMs }) => certifiedUntilMs > nowMs)
  if (!connected.some(({ deviceId, state }) => live.busySlots(deviceId) < state.slots)) return []
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
    reliability: (operation, model) => skills.reliability(connection.deviceId, operation, model),
  }))
}
