import type { CoordinatorMessage, DeviceState } from '@gstd/sdk'
import type { Identity } from './independence.ts'

/** A device whose key and certificate were checked, on an open connection. */
export type Connection = Identity & {
  deviceKey: string
  /** Of its certificate, unix ms: after it the device gets no orders. */
  certifiedUntilMs: number
  operations: ReadonlySet<string>
  state: DeviceState
  /** Round trip measured by the coordinator, milliseconds. */
  latencyMs: number
  send(message: CoordinatorMessage): void
  close(): void
}

/** The devices that are connected now. */
export type Connections = {
  add(connection: Connection): void
  /** Removes it. @returns false where a newer connection of the same device has taken its place */
  remove(connection: Connection): boolean
  get(deviceId: string): Connection | undefined
  all(): Connection[]
  /** Sends where the device is connected; what it misses is made up for when it comes back. */
  send(deviceId: string, message: CoordinatorMessage): void
}

export const createConnections = (): Connections => {
  const byDevice = new Map<string, Connection>()
  return {
    add: (connection) => {
      byDevice.get(connection.deviceId)?.close()
      byDevice.set(connection.deviceId, connection)
    },
    remove: (connection) => byDevice.get(connection.deviceId) === connection && byDevice.delete(connection.deviceId),
    get: (deviceId) => byDevice.get(deviceId),
    all: () => [...byDevice.values()],
    send: (deviceId, message) => byDevice.get(deviceId)?.send(message),
  }
}
