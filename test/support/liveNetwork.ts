import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bringUp, type DemoDevice, type DemoNetwork } from '../../examples/demo/bringUp.ts'
import { createProcesses } from '../../examples/demo/processes.ts'

/** A whole network of real processes, as the demo starts it, whose coordinator can be killed and started again. */
export type LiveNetwork = Omit<DemoNetwork, 'coordinator'> & {
  stateDir: string
  /** `kill -9` of the coordinator, and a new one over the same database and port. */
  restartCoordinator(): Promise<void>
  /** Stops everything and deletes its state. */
  close(): Promise<void>
}

/** @param owners - one device is started for each */
export const startLiveNetwork = async (owners: readonly string[]): Promise<LiveNetwork> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'gstd-live-'))
  const processes = createProcesses(stateDir)
  const close = async () => {
    await processes.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
  try {
    const { coordinator, ...network } = await bringUp(processes, stateDir, () => undefined, owners)
    let running = coordinator.process
    const listen = new URL(String(coordinator.ready['url'])).host
    return {
      ...network,
      stateDir,
      close,
      restartCoordinator: async () => {
        await running.kill()
        running = (await processes.start('coordinator', 'coordinator', 'start', '--listen', listen)).process
      },
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** @returns the device of this id */
export const deviceOf = (network: Pick<LiveNetwork, 'devices'>, deviceId: string): DemoDevice => {
  const device = network.devices.find((candidate) => candidate.deviceId === deviceId)
  if (device === undefined) throw new Error(`no device ${deviceId} was started`)
  return device
}
