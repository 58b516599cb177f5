import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSupervisor, onStopSignal, type Supervisor } from '@gstd/cli/supervisor'
import { type DevicesJob, devicesReportSchema, type RequestersJob, requestersReportSchema } from './jobs.ts'
import { answersOf, type LoadPlan } from './LoadPlan.ts'
import { measureAuditor } from './measureAuditor.ts'
import { readCpuUs, readPeakMib } from './readCpu.ts'
import { startLoad } from './startLoad.ts'
import { type LoadNetwork, startNetwork } from './startNetwork.ts'
import { type LogSummary, summariseLog } from './summariseLog.ts'

/** What one run has shown; times on a processor are undefined where the system does not tell them. */
export type RunFigures = {
  log: LogSummary
  submitAckMs: number[]
  /** From the begin of the submissions to the end of the last task. */
  cpuUs: { coordinator: number | undefined; database: number | undefined; load: number }
  bytes: { submitting: number; waiting: number; devices: number }
  dropped: Record<string, number>
  peakMib: number | undefined
  auditorTasksPerSecond: number | undefined
}

const REWARD_TON = '0.0001'
/** More than a task of that reward can cost, with its tariff and every device it may ask. */
const TON_PER_TASK = 0.001

const difference = (after: number | undefined, before: number | undefined): number | undefined =>
  after === undefined || before === undefined ? undefined : after - before

const underLoad = async (
  plan: LoadPlan,
  running: LoadNetwork,
  supervisor: Supervisor,
  maxCumulativeNano: bigint,
): Promise<RunFigures> => {
  const { network, coordinator, requesters } = running
  const devicesJob: DevicesJob = {
    network,
    devices: plan.devices,
    slots: plan.slots,
    proofsPerSignature: plan.batch,
  }
  const requestersJob: RequestersJob = {
    network,
    requesters,
    tasks: plan.tasks,
    batch: plan.batch,
    validation: plan.validation,
    knownAnswers: plan.knownAnswers,
    rewardTon: REWARD_TON,
    maxCumulativeNano: maxCumulativeNano.toString(),
    ...(plan.ratePerSecond !== undefined && { ratePerSecond: plan.ratePerSecond }),
  }
  const readCpu = async () => ({
    coordinator: await readCpuUs(coordinator.pid ?? 0),
    database: await running.databaseCpuUs(),
  })
  const devices = await startLoad(supervisor, 'devices', devicesJob)
  const submitting = await startLoad(supervisor, 'requesters', requestersJob)
  const before = await readCpu()
  const failed = Promise.race([
    devices.reported.then(() => Promise.reject(new Error('the devices ended before the tasks'))),
    coordinator.exited.then(({ code, signal }) =>
      Promise.reject(new Error(`the coordinator ended: ${signal ?? `exit code ${code}`}`)),
    ),
  ])
  // It rejects at the latest when everything is stopped, and nobody waits for it then.
  failed.catch(() => undefined)
  const submitted = requestersReportSchema.parse(await Promise.race([submitting.reported, failed]))
  const after = await readCpu()
  const peakMib = await readPeakMib(coordinator.pid ?? 0)

  const log = await summariseLog(network.coordinator, { tasks: plan.tasks, answers: answersOf(plan) })
  devices.process.signal('SIGTERM')
  const answered = devicesReportSchema.parse(await devices.reported)
  const paidAnswers = plan.tasks * answersOf(plan)
  if (answered.agreed !== paidAnswers || submitted.delivered !== plan.tasks) {
    throw new Error(
      `${submitted.delivered} tasks were delivered and ${answered.agreed} answers taken, not ${plan.tasks} and ${paidAnswers}`,
    )
  }
  const auditorTasksPerSecond = plan.audited ? await measureAuditor(running, log) : undefined
  return {
    log,
    submitAckMs: submitted.submitAckMs,
    cpuUs: {
      coordinator: difference(after.coordinator, before.coordinator),
      database: difference(after.database, before.database),
      load: submitted.cpuUs + answered.cpuUs,
    },
    bytes: { ...submitted.bytes, devices: answered.bytes },
    dropped: answered.dropped,
    peakMib,
    auditorTasksPerSecond,
  }
}

/**
 * Brings a network up, lets all tasks of a plan through, checks that each was delivered exactly once, and takes the
 * network down again, also on Ctrl-C.
 *
 * @param say - told what is being done
 * @throws Error when a task ends in any other way, or none ends for a minute
 */
export const measureRun = async (plan: LoadPlan, say: (step: string) => void): Promise<RunFigures> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'gstd-bench-'))
  const supervisor = createSupervisor()
  const stopped = Promise.withResolvers<never>()
  const takeOff = onStopSignal(
    (signal) => stopped.reject(new Error(`stopped by ${signal}`)),
    () => process.exit(1),
  )
  const depositTon = Math.ceil((plan.tasks / plan.requesters) * TON_PER_TASK) + 1
  say(`${plan.database}: starting a chain, a coordinator and ${plan.requesters} requesters`)
  const starting = startNetwork(plan, { stateDir, supervisor, depositTon })
  const measure = async (): Promise<RunFigures> => {
    const running = await starting
    say(`${plan.devices} devices, ${plan.tasks} tasks by ${plan.validation}, ${plan.batch} under a signature`)
    try {
      const figures = await underLoad(plan, running, supervisor, BigInt(depositTon) * 1_000_000_000n)
      await running.stopCoordinator()
      return figures
    } catch (thrown) {
      for (const line of running.coordinator.lastLines()) say(`coordinator: ${line}`)
      throw thrown
    }
  }
  try {
    return await Promise.race([measure(), stopped.promise])
  } finally {
    await supervisor.stop()
    const running = await starting.catch(() => undefined)
    await running?.stop()
    await rm(stateDir, { recursive: true, force: true })
    takeOff()
  }
}
