/** What asks a process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Signals closer together than this are one wish: on Ctrl-C the terminal signals the whole group, and npm forwards
 * what it got besides.
 */
const SAME_WISH_MS = 500

/**
 * Calls `onFirst` on the first SIGINT, SIGTERM or SIGHUP, and `onSecond` on every later one that is not an echo of the
 * one before: drain first, force then.
 *
 * @returns a function that takes the handlers off again
 */
export const onStopSignal = (
  onFirst: (signal: StopSignal) => void,
  onSecond: (signal: StopSignal) => void,
): (() => void) => {
  let lastAtMs: number | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now()
    const echo = lastAtMs !== undefined && nowMs - lastAtMs < SAME_WISH_MS
    const first = lastAtMs === undefined
    lastAtMs = nowMs
    if (first) onFirst(signal as StopSignal)
    else if (!echo) onSecond(signal as StopSignal)
  }
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
