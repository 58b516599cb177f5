import type { Json } from '../output/output.ts'
import type { Context } from './context.ts'

type EventData = { readonly [key: string]: Json | undefined }

/** A daemon that runs: what to say when it is ready, and how to end it. */
export type Running = {
  readonly ready: EventData
  /** The same for people. */
  readonly text: string
  /** Called after `ready` was shown: from here on other events may be shown. */
  readonly onReady?: () => void
  /** Called before anything is said of stopping: takes a moving picture away. */
  readonly onStopping?: () => void
  stop(): Promise<void>
  /** Rejects when the daemon fails by itself. */
  readonly failed?: Promise<never>
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Runs a daemon until it is asked to stop: `ready` when it serves, `stopped` after an orderly end, which is a success.
 *
 * @throws Interruption when it was asked to stop before it was ready
 */
export const runDaemon = async (context: Context, start: () => Promise<Running>): Promise<undefined> => {
  const { output, signal } = context
  const running = await start()
  try {
    signal.throwIfAborted()
    output.event('ready', running.ready, running.text)
    running.onReady?.()
    const endings = [whenAborted(signal), ...(running.failed === undefined ? [] : [running.failed])]
    await Promise.race(endings)
    running.onStopping?.()
    output.event('stopping', {}, 'stopping …')
  } finally {
    await running.stop()
  }
  output.event('stopped', {}, 'stopped')
  return undefined
}

/** Turns an event of a daemon into JSON: amounts become decimal strings, errors documents. */
export const toEventData = (event: object): { [key: string]: Json | undefined } =>
  JSON.parse(JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)))
