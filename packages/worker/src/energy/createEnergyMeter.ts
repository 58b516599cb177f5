import { createRaplMeter } from './createRaplMeter.ts'
import type { EnergyMeter } from './energyMeter.ts'
import { estimateEnergyMwh } from './estimateEnergyMwh.ts'

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
