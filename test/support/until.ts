import { setTimeout as delay } from 'node:timers/promises'

const INTERVAL_MS = 50

/**
 * Looks until what is waited for is there.
 *
 * @throws Error after `timeoutMs`
 */
export const until = async (what: string, look: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> => {
  const endMs = performance.now() + timeoutMs
  while (!(await look())) {
    if (performance.now() > endMs) throw new Error(`${what} was not there after ${timeoutMs} ms`)
    await delay(INTERVAL_MS)
  }
}
