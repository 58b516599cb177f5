/** Spaces requests to one endpoint. */
export type Pace = {
  /**
   * Takes the next place and waits for it.
   *
   * @throws Error when too many wait already
   */
  take(): Promise<void>
  /** Lets nobody through for a while: the endpoint asked for it. */
  holdMs(durationMs: number): void
}

const MAX_QUEUE_MS = 60_000

const delay = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))

/**
 * Makes the pace of one endpoint: places are as far apart as the limit says, so that no burst goes over it.
 *
 * @param requestsPerSecond - undefined for no limit
 */
export const createPace = (requestsPerSecond: number | undefined): Pace => {
  const apartMs = requestsPerSecond === undefined ? 0 : 1000 / requestsPerSecond
  let nextMs = 0
  return {
    take: async () => {
      const nowMs = performance.now()
      const placeMs = Math.max(nowMs, nextMs)
      if (placeMs - nowMs > MAX_QUEUE_MS) {
        throw new Error(`more requests wait than the limit of ${requestsPerSecond} a second lets through in a minute`)
      }
      nextMs = placeMs + apartMs
      if (placeMs > nowMs) await delay(placeMs - nowMs)
    },
    holdMs: (durationMs) => {
      nextMs = Math.max(nextMs, performance.now() + durationMs)
    },
  }
}
