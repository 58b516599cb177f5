/** The chain's time: this machine's, moved ahead by what was asked for, and never going back. */
export type Clock = {
  /** @returns unix seconds */
  nowSec(): number
  /** How far the chain's time is ahead of the machine's. */
  readonly aheadSec: number
  advance(seconds: number): void
}

/**
 * Makes a chain's clock.
 *
 * @param machineMs - the machine's time in unix milliseconds
 * @param aheadSec - how far it was ahead when it stopped
 * @param lastSec - the last time that the chain has shown; it does not fall behind it when the machine's clock was
 * set back
 */
export const createClock = (machineMs: () => number, aheadSec: number, lastSec: number): Clock => {
  let ahead = aheadSec
  let last = lastSec
  return {
    nowSec: () => {
      last = Math.max(last, Math.floor(machineMs() / 1000) + ahead)
      return last
    },
    get aheadSec() {
      return ahead
    },
    advance: (seconds) => {
      ahead += seconds
    },
  }
}
