import { connectDevice, type DeviceForTests } from './connectDevice.testing.ts'
import type { Bench } from './openBench.testing.ts'

/** Connects several devices, each of an owner of its own. */
export const connectDevices = async (bench: Bench, count: number): Promise<DeviceForTests[]> => {
  const devices: DeviceForTests[] = []
  for (let n = 0; n < count; n++) devices.push(await connectDevice(bench))
  return devices
}

/** @returns the devices that were given an order for a task, in order of their attempts */
export const holders = (devices: readonly DeviceForTests[], taskId: string): DeviceForTests[] =>
  devices
    .filter((device) => device.heardOf('order').at(-1)?.order.task_id === taskId)
    .toSorted((a, b) => a.order().attempt - b.order().attempt)

/** Dispatches, and takes the devices that got an order now as far as their commitments. */
export const runToCommit = async (device: DeviceForTests, result: unknown[]): Promise<void> => {
  await device.ack()
  await device.started()
  await device.commit(result)
}

/** Takes an execution from its order to its signed proof; for `reference`, where reveals come at once. */
export const answer = async (device: DeviceForTests, result: unknown[]): Promise<void> => {
  await runToCommit(device, result)
  await device.reveal()
  await device.attest()
}

/** Steps of an execution, each named after the state it leads to. */
export const steps = ['dispatched', 'acknowledged', 'started', 'committed', 'revealed', 'attested'] as const

export type Step = (typeof steps)[number]

/** Takes an order that the device has as far as a state. */
export const runTo = async (device: DeviceForTests, step: Step, result: unknown[]): Promise<void> => {
  const reached = (state: Step) => steps.indexOf(step) >= steps.indexOf(state)
  if (reached('acknowledged')) await device.ack()
  if (reached('started')) await device.started()
  if (reached('committed')) await device.commit(result)
  if (reached('revealed')) await device.reveal()
  if (reached('attested')) await device.attest()
}
