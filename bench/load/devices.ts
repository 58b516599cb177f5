import { onStopSignal } from '@gstd/cli/supervisor'
import { connectDevice, type SimulatedDevice } from './connectDevice.ts'
import { type DevicesReport, devicesJobSchema } from './jobs.ts'
import { ownCpuUs, report, runJob } from './runJob.ts'

/** A process with many simulated devices, each with a connection of its own. Says what it counted when it is stopped. */
const AT_ONCE = 32

runJob(async (job, onError) => {
  const { devices: count, ...options } = devicesJobSchema.parse(job)
  const dropped: Record<string, number> = {}
  let agreed = 0
  const connect = () =>
    connectDevice({
      ...options,
      onAgreed: () => {
        agreed += 1
      },
      onDropped: (reason) => {
        dropped[reason] = (dropped[reason] ?? 0) + 1
      },
      onError,
    })
  const devices: SimulatedDevice[] = []
  const left = Array.from({ length: count }, (_, index) => index).values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const _ of left) devices.push(await connect())
    }),
  )
  const sumBytes = () => devices.reduce((sum, { bytes }) => sum + bytes, 0)
  const before = { cpuUs: ownCpuUs(), bytes: sumBytes() }
  onStopSignal(
    () => {
      const counted: DevicesReport = {
        event: 'devices',
        cpuUs: ownCpuUs() - before.cpuUs,
        bytes: sumBytes() - before.bytes,
        agreed,
        dropped,
      }
      report(counted)
      for (const device of devices) device.close()
      process.exit()
    },
    () => process.exit(1),
  )
  report({ event: 'ready' })
})
