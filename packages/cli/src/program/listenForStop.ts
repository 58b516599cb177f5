import { constants } from 'node:os'
import { exitWhenParentGoes, onStopSignal, type StopSignal } from '../supervisor/index.ts'
import { Interruption } from './context.ts'

export type StopListener = { readonly signal: AbortSignal; release(): void }

/** After the first signal a command has this long to end in order. */
const FORCE_AFTER_MS = 30_000

const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal]

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP, and when the supervising process has gone; a second signal, or half
 * a minute, ends the process at once.
 */
export const listenForStop = (): StopListener => {
  const controller = new AbortController()
  exitWhenParentGoes({ graceMs: FORCE_AFTER_MS })
  const release = onStopSignal(
    (signal) => {
      const exitCode = exitCodeOf(signal)
      controller.abort(new Interruption(`stopped by ${signal}`, exitCode))
      setTimeout(() => process.exit(exitCode), FORCE_AFTER_MS).unref()
    },
    (signal) => process.exit(exitCodeOf(signal)),
  )
  return { signal: controller.signal, release }
}
