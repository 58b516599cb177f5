import { setTimeout as delay } from 'node:timers/promises'
import { type DeviceMessage, type GstdError, toGstdError } from '@gstd/sdk'
import type { EmitEvent } from '../workerEvents.ts'
import { computeBackoffMs } from './computeBackoffMs.ts'
import type { Session, SessionMessage } from './openSession.ts'

/** The way to the coordinator, over any number of connections. */
export type CoordinatorLink = {
  readonly connected: boolean
  /** @returns false when there is no connection now */
  send(message: DeviceMessage): boolean
  /** @throws the signal's reason when it aborts first */
  whenConnected(signal: AbortSignal): Promise<void>
  /** Ends the present connection; a new one is made. */
  reconnect(reason: string): void
  /** Connects, and again whenever the connection ends, until `signal` aborts. @throws what is final */
  run(): Promise<void>
}

export type LinkOptions = {
  url: string
  connect(signal: AbortSignal): Promise<Session>
  /** Called with every new connection, before `whenConnected` resolves. */
  onConnected(session: Session): Promise<void>
  onMessage(message: SessionMessage): Promise<void>
  onDisconnected(): void
  /** @returns whether another attempt cannot end otherwise. */
  isFinal?(error: GstdError): boolean
  emit: EmitEvent
  signal: AbortSignal
  /** 0..1 */
  random?: () => number
}

/** A connection that held for this long was a good one: the next attempt comes at once. */
const GOOD_CONNECTION_MS = 5000

/** Creates the link of one worker. */
export const createCoordinatorLink = (options: LinkOptions): CoordinatorLink => {
  const { url, emit, signal, random = Math.random } = options
  let session: Session | undefined
  let waiters: (() => void)[] = []

  const hold = async (): Promise<string> => {
    const opened = await options.connect(signal)
    session = opened
    try {
      await options.onConnected(opened)
      opened.listen(options.onMessage)
      for (const wake of waiters.splice(0)) wake()
      return await opened.closed
    } catch (error) {
      opened.close('internal error')
      await opened.closed
      throw error
    } finally {
      session = undefined
      options.onDisconnected()
    }
  }

  return {
    get connected() {
      return session !== undefined
    },
    send: (message) => session?.send(message) ?? false,
    reconnect: (reason) => session?.close(reason),
    whenConnected: async (giveUp) => {
      giveUp.throwIfAborted()
      if (session !== undefined) return
      const woken = Promise.withResolvers<void>()
      const onAbort = () => woken.reject(giveUp.reason)
      waiters.push(woken.resolve)
      giveUp.addEventListener('abort', onAbort, { once: true })
      try {
        await woken.promise
      } finally {
        giveUp.removeEventListener('abort', onAbort)
        waiters = waiters.filter((wake) => wake !== woken.resolve)
      }
    },
    run: async () => {
      for (let failures = 0; !signal.aborted;) {
        emit({ type: 'connecting', attempt: failures + 1, url })
        const sinceMs = performance.now()
        let reason: string
        try {
          reason = await hold()
        } catch (thrown) {
          const error = toGstdError(thrown)
          if (options.isFinal?.(error) === true) throw error
          reason = error.message
          if (!signal.aborted && error.fault !== 'network')
            emit({ type: 'error', code: error.code, message: error.message })
        }
        if (signal.aborted) return
        failures = performance.now() - sinceMs > GOOD_CONNECTION_MS ? 1 : failures + 1
        const retryInMs = computeBackoffMs(failures, random())
        emit({ type: 'disconnected', reason, retryInMs })
        await delay(retryInMs, undefined, { signal }).catch(() => undefined)
      }
    },
  }
}
