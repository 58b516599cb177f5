import type { Logger } from 'pino'

/**
 * Says that something is wrong: at once when it is news, and every minute as long as it stays.
 *
 * @param topic - what it is about, of which one thing is wrong at a time
 */
export type Remind = (topic: string, details: Record<string, unknown>, message: string) => void

const AGAIN_AFTER_MS = 60_000

/**
 * Builds what reports a lasting error of a job that is tried many times a second.
 *
 * @param clock - unix ms
 */
export const createReminder = (logger: Logger, clock: () => number): Remind => {
  const said = new Map<string, { line: string; atMs: number }>()
  return (topic, details, message) => {
    const nowMs = clock()
    for (const [old, { atMs }] of said) if (nowMs - atMs >= AGAIN_AFTER_MS) said.delete(old)
    const line = JSON.stringify([message, details], (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    if (said.get(topic)?.line === line) return
    said.set(topic, { line, atMs: nowMs })
    logger.error(details, message)
  }
}
