/** `paused` and `draining` take no orders; the connection stays. */
export type WorkerState = 'connecting' | 'connected' | 'paused' | 'draining' | 'stopped'

type Order = { orderHash: string; taskId: string }

/** What happens in a worker, for whoever shows it; none of it needs an answer. */
export type WorkerEventContent =
  | { type: 'state'; state: WorkerState }
  | { type: 'connecting'; attempt: number; url: string }
  | { type: 'connected'; deviceId: string; url: string; roundTripMs: number }
  | { type: 'disconnected'; reason: string; retryInMs: number }
  | { type: 'model'; model: string; phase: 'loading' | 'ready' }
  | ({
      type: 'order'
      attempt: number
      operation: string
      model: string
      items: number
      /** Base reward. */
      rewardNano: bigint
    } & Order)
  | { type: 'refused'; orderHash: string; reason: string; message: string }
  | ({ type: 'started'; preparedMs: number } & Order)
  | ({ type: 'input_unavailable'; item: number; message: string } & Order)
  | ({
      type: 'done'
      operation: string
      items: number
      failedItems: number
      executionTimeMs: number
      energyMwh: number
    } & Order)
  | ({ type: 'failed'; code: string; message: string } & Order)
  | { type: 'committed'; orderHash: string }
  | { type: 'revealed'; orderHash: string }
  | { type: 'attested'; count: number }
  | { type: 'dropped'; orderHash: string; reason: string }
  | {
      type: 'outcome'
      orderHash: string
      taskId: string | undefined
      agreed: boolean
      rewardNano: bigint
      /** Sum of all outcomes since the worker started; provisional until it is paid on chain. */
      earnedNano: bigint
      /** Outcomes since the worker started. */
      tasks: number
    }
  | { type: 'error'; code: string; message: string }

/** An event and when it happened, unix ms of this machine. */
export type WorkerEvent = WorkerEventContent & { at: number }

export type EmitEvent = (event: WorkerEventContent) => void

/** Makes an emitter whose listener cannot harm the worker: what it throws is dropped. */
export const createEmitter =
  (listener: ((event: WorkerEvent) => void) | undefined): EmitEvent =>
  (event) => {
    try {
      listener?.({ ...event, at: Date.now() })
    } catch {
      // A broken display must not stop paid work.
    }
  }
