import type { Proof } from '../documents/proof.ts'
import type { ModelManifest } from '../operations/modelManifest.ts'

/** The time and energy that pay: what was reported or observed, never below what the model is known to need. */
export type CountedFigures = { observedMs: number; energyMwh: number; energyAttested: boolean }

/** Figures are held in whole milliseconds and microwatt-hours, so that two implementations agree to the nano. */
const toStep = (value: number, stepsPerUnit: number): number => Math.ceil(value * stepsPerUnit - 1e-9) / stepsPerUnit

/**
 * Bounds a device's self-reported figures (protocol §7): time is what the coordinator saw between `started` and
 * the commitment, energy what the proof says, each clamped to the model's calibrated floor. No meter is attested yet.
 *
 * @param observedMs - milliseconds between the device's `started` and its commitment, by the coordinator's clock
 * @param itemCount - number of inputs of the task
 */
export const countedFigures = (
  proof: Pick<Proof, 'energy_consumed_mwh'>,
  observedMs: number,
  manifest: Pick<ModelManifest, 'floors'>,
  itemCount: number,
): CountedFigures => ({
  observedMs: toStep(Math.max(observedMs, manifest.floors.time_ms_per_item * itemCount), 1),
  energyMwh: toStep(Math.max(proof.energy_consumed_mwh, manifest.floors.energy_mwh_per_item * itemCount), 1000),
  energyAttested: false,
})
