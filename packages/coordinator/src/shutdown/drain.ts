import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

const LOOK_MS = 25

/**
 * Waits until nothing moves any more, or the time is up. Whatever still does is on disk and goes on after the next
 * start: waiting only saves devices from doing work twice.
 *
 * @param countMoving - executions that devices are about to bring further
 */
export const drain = async (countMoving: () => number, limitMs: number, logger: Logger): Promise<void> => {
  const endMs = performance.now() + limitMs
  if (countMoving() > 0) logger.info({ executions: countMoving(), limit_ms: limitMs }, 'waiting for devices to finish')
  while (countMoving() > 0 && performance.now() < endMs) await delay(LOOK_MS)
  const left = countMoving()
  if (left > 0) logger.warn({ executions: left }, 'stopped while devices work: they go on after the next start')
}
