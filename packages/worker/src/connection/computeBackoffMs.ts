const FIRST_MS = 250
const LONGEST_MS = 20_000

/**
 * Waiting time before a new attempt to connect: doubles from 0.25 s to 20 s, of which a random half is dropped, so that
 * devices that lost their coordinator at the same moment do not come back at the same moment.
 *
 * @param failures - attempts that failed in a row, from 1
 * @param random - 0..1
 * @returns milliseconds
 */
export const computeBackoffMs = (failures: number, random: number): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(ceiling * (0.5 + random / 2))
}
