/** @returns the nearest number in `min`..`max`. */
export const clamp = (value: number, min = 0, max = 1): number => Math.min(max, Math.max(min, value))

/** What a ratio is worth before anything was counted: neither praise nor blame (protocol §9). */
export const UNKNOWN_RATIO = 0.5

/** @returns part/total, {@link UNKNOWN_RATIO} for 0/0. */
export const ratio = (part: number, total: number): number => (total === 0 ? UNKNOWN_RATIO : part / total)
