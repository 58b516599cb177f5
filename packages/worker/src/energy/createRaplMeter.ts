import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { EnergyMeter } from './energyMeter.ts'

const MICROJOULES_PER_MWH = 3.6e6

/** The counter is good to a few per cent; sharing a package's energy by CPU time is not. */
const UNCERTAINTY = 0.25

/** One package's counter, which starts again from 0 at `range`. */
type Counter = { path: string; range: number }

const readNumber = (path: string): number => {
  const value = Number(readFileSync(path, 'utf8'))
  if (!Number.isFinite(value)) throw new Error(`${path} is no number`)
  return value
}

const findCounters = (directory: string): Counter[] => {
  try {
    return readdirSync(directory)
      .filter((name) => /^intel-rapl:\d+$/.test(name))
      .map((name) => {
        const counter = {
          path: join(directory, name, 'energy_uj'),
          range: readNumber(join(directory, name, 'max_energy_range_uj')),
        }
        readNumber(counter.path)
        return counter
      })
  } catch {
    // No such counters, or they are root's alone.
    return []
  }
}

const busyCpuSeconds = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1000

/**
 * Opens the processor's energy counters (Intel and AMD, Linux `powercap`). A task gets the share of the packages'
 * energy that it had of the CPU time.
 *
 * @returns undefined where the counters are missing or not readable
 */
export const createRaplMeter = (powercapDir: string): EnergyMeter | undefined => {
  const counters = findCounters(powercapDir)
  if (counters.length === 0) return undefined
  return {
    method: 'rapl',
    uncertainty: UNCERTAINTY,
    start: () => {
      const before = counters.map(({ path }) => readNumber(path))
      const busyBefore = busyCpuSeconds()
      return {
        stop: ({ cpuSeconds }) => {
          const used = counters.reduce((sum, { path, range }, index) => {
            const difference = readNumber(path) - (before[index] ?? 0)
            return sum + (difference < 0 ? difference + range : difference)
          }, 0)
          const share = Math.min(1, cpuSeconds / Math.max(cpuSeconds, busyCpuSeconds() - busyBefore, Number.EPSILON))
          return Math.ceil(((used * share) / MICROJOULES_PER_MWH) * 1000) / 1000
        },
      }
    },
  }
}
