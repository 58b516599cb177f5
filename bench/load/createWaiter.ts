import { limits, signRequest, type Signer, type TaskStatus, type TaskView, taskWaitAnswerSchema } from '@gstd/sdk'
import { setTimeout as delay } from 'node:timers/promises'
import { agreedResultHash } from './agreedResult.ts'
import type { CountingHttp } from './createHttp.ts'
import type { RequestersJob } from './jobs.ts'

/** Waits for the end of a requester's tasks as the SDK does, with one long poll after the other. */
export type Waiter = {
  /** Tasks that were taken and not yet seen delivered. */
  readonly open: number
  readonly delivered: number
  add(taskIds: readonly string[]): void
  /** Resolves when at most so many tasks are open. */
  until(open: number): Promise<void>
}

export type WaiterOptions = {
  http: CountingHttp
  network: RequestersJob['network']
  requester: string
  sessionKey: Signer
  onError(thrown: unknown): void
}

const PATH = '/api/v1/tasks/wait'
const LONG_POLL_MS = 5_000
/** The SDK asks no more often. */
const MIN_POLL_MS = 100
/** Without any task delivered in this time the run has failed. */
const PATIENCE_MS = 60_000

const isDelivered = ({ task_id, status, result_hash, error }: TaskView): boolean => {
  if (status === 'queued' || status === 'running') return false
  if (status === 'failed' || status === 'cancelled') {
    throw new Error(`task ${task_id} is ${status}: ${error?.code ?? 'no reason'} ${error?.message ?? ''}`)
  }
  if (result_hash !== agreedResultHash) throw new Error(`task ${task_id} has another result: ${String(result_hash)}`)
  return true
}

export const createWaiter = (options: WaiterOptions): Waiter => {
  const { http, network, requester, sessionKey } = options
  const known = new Map<string, TaskStatus | undefined>()
  const waiting = new Set<{ open: number; resolve: () => void }>()
  let delivered = 0
  let polling: Promise<void> | undefined

  const poll = async (): Promise<void> => {
    const authorization = await signRequest({
      origin: { network: network.network, vault: network.vault },
      requester,
      signer: sessionKey,
      method: 'POST',
      path: PATH,
      timestamp: Date.now(),
    })
    const tasks = [...known].slice(0, limits.batchItems).map(([task_id, status]) => ({ task_id, known: status }))
    const { status, body } = await http.post(PATH, JSON.stringify({ tasks, wait_ms: LONG_POLL_MS }), { authorization })
    if (status !== 200) throw new Error(`waiting was answered with ${status}: ${JSON.stringify(body)}`)
    for (const view of taskWaitAnswerSchema.parse(body).tasks) {
      if (!isDelivered(view)) known.set(view.task_id, view.status)
      else if (known.delete(view.task_id)) delivered += 1
      else throw new Error(`task ${view.task_id} was delivered twice`)
    }
    for (const one of waiting) {
      if (known.size > one.open) continue
      waiting.delete(one)
      one.resolve()
    }
  }
  const run = async (): Promise<void> => {
    let before = delivered
    let sinceMs = performance.now()
    while (known.size > 0) {
      await Promise.all([poll(), delay(MIN_POLL_MS)])
      if (delivered > before) sinceMs = performance.now()
      else if (performance.now() - sinceMs > PATIENCE_MS) {
        throw new Error(`no task was delivered for ${PATIENCE_MS} ms, ${known.size} are open`)
      }
      before = delivered
    }
    polling = undefined
  }

  return {
    get open() {
      return known.size
    },
    get delivered() {
      return delivered
    },
    add: (taskIds) => {
      for (const taskId of taskIds) known.set(taskId, undefined)
      polling ??= run().catch(options.onError)
    },
    until: (open) =>
      known.size <= open ? Promise.resolve() : new Promise((resolve) => waiting.add({ open, resolve })),
  }
}
