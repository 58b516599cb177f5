/** Coordinator time on this device: proofs carry it, whatever this machine's clock says. */
export type CoordinatorClock = {
  /** Unix ms by the coordinator's clock; this machine's own until the first synchronisation. */
  now(): number
  /** Sets the clock roughly, from a time stamp whose journey is unknown. */
  hint(timeMs: number): void
  /**
   * Takes over a time that the coordinator sent in answer to something.
   *
   * @param timeMs - the coordinator's time, unix ms
   * @param roundTripMs - from our question to its answer; half of it is the answer's journey
   */
  synchronise(timeMs: number, roundTripMs: number): void
}

/**
 * @param monotonicMs - a clock that never jumps, such as `performance.now()`
 * @param wallMs - unix ms of this machine, used until the coordinator has spoken
 */
export const createCoordinatorClock = (
  monotonicMs: () => number = () => performance.now(),
  wallMs: () => number = () => Date.now(),
): CoordinatorClock => {
  let offsetMs = wallMs() - monotonicMs()
  const set = (timeMs: number): void => {
    offsetMs = timeMs - monotonicMs()
  }
  return {
    now: () => Math.round(monotonicMs() + offsetMs),
    hint: set,
    synchronise: (timeMs, roundTripMs) => set(timeMs + roundTripMs / 2),
  }
}
