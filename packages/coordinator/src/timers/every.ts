/** A repeated job that can be stopped. */
export type Repeated = {
  /** Resolves when the run under way, if any, has ended. */
  stop(): Promise<void>
}

/**
 * Runs a job again and again, never two at a time.
 *
 * @param pauseMs - from the end of one run to the start of the next
 */
export const every = (pauseMs: number, job: () => Promise<void>, onError: (thrown: unknown) => void): Repeated => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(() => {
      running = job().catch(onError).finally(schedule)
    }, pauseMs)
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
