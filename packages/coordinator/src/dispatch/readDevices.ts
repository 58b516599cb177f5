import type { Connection } from '../devices/connections.ts'
import { readReliabilities } from '../devices/deviceStatistics.ts'
import type { MatchableDevice } from '../matcher/matchSeats.ts'
import { busyStates } from '../seats/seatRow.ts'
import type { Queries } from '../storage/database.ts'

/** @returns certified, connected devices as the matcher sees them; none while all of them are busy. */
export const readFreeDevices = async (
  queries: Queries,
  connections: readonly Connection[],
  nowMs: number,
): Promise<MatchableDevice[]> => {
  const connected = connections.filter(({ certifiedUntilMs }) => certifiedUntilMs > nowMs)
  if (connected.length === 0) return []
  const ids = connected.map((connection) => connection.deviceId)
  const rows = await queries.query<{ device_id: string; busy: number }>(
    `SELECT device_id, count(*)::int AS busy FROM seats WHERE device_id = ANY($1) AND state = ANY($2) GROUP BY device_id`,
    [ids, busyStates],
  )
  const busy = new Map(rows.map((row) => [row.device_id, row.busy]))
  const isFree = ({ deviceId, state }: Connection) => (busy.get(deviceId) ?? 0) < state.slots
  if (!connected.some(isFree)) return []
  const reliability = await readReliabilities(queries, ids)
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
    busySlots: busy.get(connection.deviceId) ?? 0,
    reliability: (operation, model) => reliability(connection.deviceId, operation, model),
  }))
}
