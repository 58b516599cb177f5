import type { Proof } from '@gstd/sdk'
import { createRaplMeter } from './createRaplMeter.ts'
import { estimateEnergyMwh } from './estimateEnergyMwh.ts'

/** What a task used, as the executor reports it. */
export type Usage = { cpuSeconds: number; durationMs: number }

/** Tells what tasks cost in energy. */
export type EnergyMeter = {
  readonly method: Proof['energy_method']
  /** Relative: 0.5 means ±50 %. */
  readonly uncertainty: number
  /** Begins a measurement; `stop` gives its energy in mWh, to a whole microwatt-hour. */
  start(): { stop(usage: Usage): number }
}

/** The table of watts is not calibrated for any machine. */
const TABLE_UNCERTAINTY = 0.5

const estimatingMeter: EnergyMeter = {
  method: 'cpu-time',
  uncertainty: TABLE_UNCERTAINTY,
  start: () => ({ stop: ({ cpuSeconds }) => estimateEnergyMwh(cpuSeconds, process.arch) }),
}

/**
 * Chooses the best meter of this machine: the processor's own counter (RAPL) where it is readable, else CPU seconds
 * × watts.
 *
 * @param powercapDir - where Linux shows energy counters
 */
export const createEnergyMeter = (powercapDir = '/sys/class/powercap'): EnergyMeter =>
  createRaplMeter(powercapDir) ?? estimatingMeter
