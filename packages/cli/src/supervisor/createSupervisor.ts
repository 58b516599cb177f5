import { GstdError } from '@gstd/sdk'
import { onStopSignal, type StopSignal } from './onStopSignal.ts'
import { type ProcessSpec, type SupervisedProcess, superviseProcess } from './superviseProcess.ts'

export type Supervisor = {
  /**
   * Starts a process that ends with this one.
   *
   * @throws GstdError `SHUTTING_DOWN` once stopping has begun
   */
  start(spec: ProcessSpec): SupervisedProcess
  /** Processes that run, in the order of their start. */
  running(): SupervisedProcess[]
  /**
   * Stops every process, the last started first and each before the one it may depend on; what still runs at the
   * deadline is killed.
   *
   * @param graceMs - for all of them together, default the supervisor's
   */
  stop(graceMs?: number): Promise<void>
  /** Kills every process at once. */
  kill(): Promise<void>
}

export type SupervisorOptions = {
  /** Time for an orderly stop of everything, default 10,000 ms. */
  graceMs?: number
  /**
   * Whether Ctrl-C, SIGTERM and SIGHUP stop everything and then this process, as the signal would have: with a second
   * one, at once. Called when stopping begins.
   */
  stopOnSignals?: boolean | ((signal: StopSignal) => void)
  /** Called after a signal, when every process is gone and just before this one ends. */
  onStopped?: () => void
}

/**
 * Runs a set of processes of which none outlives this one, whatever ends it: an exit, a signal, a terminal's Ctrl-C or
 * `kill -9`. Children call `exitWhenParentGoes()`.
 */
export const createSupervisor = (options: SupervisorOptions = {}): Supervisor => {
  const processes: SupervisedProcess[] = []
  let stopping = false

  const running = (): SupervisedProcess[] => processes.filter((child) => child.isRunning())

  const kill = async (): Promise<void> => {
    stopping = true
    await Promise.all(running().map((child) => child.kill()))
  }

  const stop = async (graceMs = options.graceMs ?? 10_000): Promise<void> => {
    stopping = true
    const deadlineMs = performance.now() + graceMs
    for (const child of running().toReversed()) await child.stop(Math.max(0, deadlineMs - performance.now()))
  }

  const { stopOnSignals = false } = options
  if (stopOnSignals !== false) {
    const end = (signal: StopSignal): void => {
      options.onStopped?.() // before the handlers go: a further signal would cut it short
      takeOff()
      process.kill(process.pid, signal)
    }
    const takeOff = onStopSignal(
      (signal) => {
        if (stopOnSignals !== true) stopOnSignals(signal)
        void stop().then(() => end(signal))
      },
      (signal) => void kill().then(() => end(signal)),
    )
  }

  return {
    start(spec) {
      if (stopping) throw new GstdError('SHUTTING_DOWN', `${spec.name} is not started: everything is being stopped`)
      const child = superviseProcess(spec)
      processes.push(child)
      return child
    },
    running,
    stop,
    kill,
  }
}
