import { exitWhenParentGoes } from '@gstd/cli/supervisor'

/** @returns the time on a processor that this process has used, in µs */
export const ownCpuUs = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Says something to the process that started this one. */
export const report = (event: object): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

/** Ends this process, with the reason on stderr. */
const fail = (thrown: unknown): never => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`)
  process.exit(1)
}

/** Runs what this process was started for; whatever goes wrong, there or later, ends it. */
export const runJob = (run: (job: unknown, onError: (thrown: unknown) => void) => Promise<void>): void => {
  exitWhenParentGoes()
  run(JSON.parse(process.argv[2] ?? 'null'), fail).catch(fail)
}
