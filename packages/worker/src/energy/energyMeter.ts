import type { Proof } from '@gstd/sdk'

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
