import { checkRange } from './checkRange.ts'

export type DeviceScoreInput = {
  /** The device's reliability for this (operation, model), 0..1: see `computeReliability`. */
  reputation: number
  /** 1 on mains, else the battery's fraction above the owner's floor. */
  availableEnergy: number
  latencyMs: number
  cachedModel: boolean
  /** Busy slots / slots. */
  load: number
}

/** Weights under the names of the network's parameters document. */
export type DeviceScoreWeights = {
  reputation: number
  energy: number
  latency: number
  cached_model: number
  load: number
}

export const deviceScoreWeights: DeviceScoreWeights = {
  reputation: 0.4,
  energy: 0.2,
  latency: 0.1,
  cached_model: 0.2,
  load: 0.1,
}

/** Latency at which, and above which, a device gets nothing for its nearness. */
export const FULL_LATENCY_MS = 500

/**
 * How well a device suits a seat, −0.1..0.9 with the default weights; more is better.
 *
 * `device_score = 0.4·reputation + 0.2·available_energy + 0.1·(1 − min(1, latency_ms/500)) + 0.2·cached_model −
 * 0.1·load` (protocol §9).
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a term outside 0..1, a negative latency or a negative weight
 * @example computeDeviceScore({ reputation: 1, availableEnergy: 1, latencyMs: 0, cachedModel: true, load: 0 }) // 0.9
 */
export const computeDeviceScore = (
  input: DeviceScoreInput,
  weights: DeviceScoreWeights = deviceScoreWeights,
): number => {
  const nearness = 1 - Math.min(1, checkRange('latencyMs', input.latencyMs, 0) / FULL_LATENCY_MS)
  return (
    checkRange('weights.reputation', weights.reputation, 0) * checkRange('reputation', input.reputation, 0, 1) +
    checkRange('weights.energy', weights.energy, 0) * checkRange('availableEnergy', input.availableEnergy, 0, 1) +
    checkRange('weights.latency', weights.latency, 0) * nearness +
    checkRange('weights.cached_model', weights.cached_model, 0) * (input.cachedModel ? 1 : 0) -
    checkRange('weights.load', weights.load, 0) * checkRange('load', input.load, 0, 1)
  )
}
