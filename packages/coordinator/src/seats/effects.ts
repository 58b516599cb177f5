import type { CoordinatorMessage } from '@gstd/sdk'

/** What is to be told to a device once a transition is on disk. */
export type Effect = { deviceId: string; message: CoordinatorMessage }

/** @returns a list with one message to one device. */
export const tell = (deviceId: string, message: CoordinatorMessage): Effect[] => [{ deviceId, message }]
