import { fileURLToPath } from 'node:url'
import type { SupervisedProcess, Supervisor } from '@gstd/cli/supervisor'

const READY_MS = 600_000
const DONE_MS = 24 * 3_600_000

const scripts = {
  devices: fileURLToPath(new URL('./devices.ts', import.meta.url)),
  requesters: fileURLToPath(new URL('./requesters.ts', import.meta.url)),
}

/** A process of the load. */
export type Load = {
  readonly process: SupervisedProcess
  /** What it says at its end. @throws GstdError when it fails */
  readonly reported: Promise<unknown>
}

/** @returns what finds a line that tells of an event */
const saying =
  (event: string) =>
  (line: string, stream: 'stdout' | 'stderr'): unknown => {
    if (stream !== 'stdout' || !line.startsWith('{')) return undefined
    const said: { event?: unknown } = JSON.parse(line)
    return said.event === event ? said : undefined
  }

/**
 * Starts a process of the load, and waits until it begins.
 *
 * @throws GstdError `PROCESS_FAILED` with the last lines that it wrote
 */
export const startLoad = async (supervisor: Supervisor, name: keyof typeof scripts, job: object): Promise<Load> => {
  const process_ = supervisor.start({
    name,
    command: process.execPath,
    args: [...process.execArgv, scripts[name], JSON.stringify(job)],
  })
  const reported = process_.waitForLine(saying(name), DONE_MS)
  // Whoever waits for it gets the failure; until then it is no unhandled one.
  reported.catch(() => undefined)
  await process_.waitForLine(saying('ready'), READY_MS)
  return { process: process_, reported }
}
