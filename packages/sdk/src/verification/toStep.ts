/** @returns a score or reputation in steps of 10⁻⁶, as all of them are held. */
export const toStep = (value: number): number => Math.round(value * 1e6) / 1e6
