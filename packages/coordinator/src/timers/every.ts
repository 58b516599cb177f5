/** A repeated job that can be stopped. */
export type Repeated = {
  /** Resolves when the run under way, if any, has ended. */
  stop(): Promise<void>
}

const LONGEST_PAUSE_MS = 15_000

/**
 * Runs a job again and again, never two at a time. After failures in a row the pause doubles, so that what is down is
 * neither pressed nor complained of many times a second.
 *
 * @param pauseMs - from the end of one run to the start of the next
 * @param longestPauseMs - while it fails
 */
export const every = (
  pauseMs: number,
  job: () => Promise<void>,
  onError: (thrown: unknown) => void,
  longestPauseMs = Math.max(pauseMs, LONGEST_PAUSE_MS),
): Repeated => {
  let failures = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(
      () => {
        running = job()
          .then(
            () => {
              failures = 0
            },
            (thrown: unknown) => {
              failures += 1
              onError(thrown)
            },
          )
          .finally(schedule)
      },
      Math.min(pauseMs * 2 ** failures, longestPauseMs),
    )
  }
  schedule()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
