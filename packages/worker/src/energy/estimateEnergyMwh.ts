/** 1 mWh = 3.6 J. */
const JOULES_PER_MWH = 3.6

/** Watts of one busy core with its share of caches and memory, typical of machines sold since 2018. */
const WATTS_PER_CORE: Readonly<Record<string, number>> = { x64: 7, arm64: 2.5 }
const DEFAULT_WATTS_PER_CORE = 5

/**
 * Estimates the energy of CPU time in mWh, rounded up to a microwatt-hour.
 *
 * @param architecture - as `process.arch` names it
 */
export const estimateEnergyMwh = (cpuSeconds: number, architecture: string): number => {
  const joules = cpuSeconds * (WATTS_PER_CORE[architecture] ?? DEFAULT_WATTS_PER_CORE)
  return Math.ceil((joules / JOULES_PER_MWH) * 1000) / 1000
}
