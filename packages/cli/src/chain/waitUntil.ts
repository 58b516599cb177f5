import { setTimeout as delay } from 'node:timers/promises'
import { GstdError } from '@gstd/sdk'
import { Interruption } from '../program/context.ts'

export type WaitUntilOptions = {
  /** What was sent and is waited for, for the message. */
  what: string
  signal: AbortSignal
  timeoutMs?: number
  intervalMs?: number
}

/** A real network takes some seconds for a block, and a message may wait for several. */
const DEFAULT_TIMEOUT_MS = 120_000
const DEFAULT_INTERVAL_MS = 150

/** What was sent cannot be called back: whoever stops waiting for it is told. */
const stopWaiting = (reason: unknown, what: string): unknown =>
  reason instanceof Interruption ? new Interruption(reason.message, reason.exitCode, what) : reason

/**
 * Reads the chain until it shows what is waited for: a message that was sent has no answer but its effect.
 *
 * @param read - returns undefined while it is not there
 * @throws GstdError `CHAIN_TIMEOUT`; the signal's reason, an {@link Interruption} with what was sent
 */
export const waitUntil = async <Found>(
  read: () => Promise<Found | undefined>,
  { what, signal, timeoutMs = DEFAULT_TIMEOUT_MS, intervalMs = DEFAULT_INTERVAL_MS }: WaitUntilOptions,
): Promise<Found> => {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const found = await read()
    if (found !== undefined) return found
    if (signal.aborted) throw stopWaiting(signal.reason, what)
    if (performance.now() > endMs) {
      throw new GstdError('CHAIN_TIMEOUT', `${what} was not seen on chain within ${Math.round(timeoutMs / 1000)} s`, {
        hint: 'it may still arrive: look again in a moment',
      })
    }
    await delay(intervalMs)
  }
}
