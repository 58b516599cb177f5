import type { TaskStatus, TaskView } from '../documents/taskView.ts'
import { GstdError } from '../errors/GstdError.ts'
import { delay } from './transport.ts'

/** How far a task must have come: `delivered` results are provisional, `accepted` ones final, `paid` on chain. */
export type WaitUntil = 'delivered' | 'accepted' | 'paid'

export type WaitOptions = {
  /** Default `delivered`. */
  until?: WaitUntil
  /** Gives up after this time; default never. */
  timeoutMs?: number
  /** Called for each task at once and whenever its status changes. */
  onUpdate?: (view: TaskView) => void
  signal?: AbortSignal
}

/** Reads one task; with `waitMs` the answer may take that long, unless the task comes to `until` or ends. */
export type PollTask = (
  taskId: string,
  poll: { waitMs: number; until: WaitUntil; signal: AbortSignal },
) => Promise<TaskView>

const STAGES: readonly TaskStatus[] = ['queued', 'running', 'delivered', 'accepted', 'paid']
const MAX_POLLS = 64
const LONG_POLL_MS = 25_000
/** With more tasks than polls at a time, each is asked only so long, so that all get their turn. */
const SHARED_POLL_MS = 1_000
/** A coordinator that does not hold polls open is still not asked more often. */
const MIN_POLL_MS = 250

const hasReached = ({ status }: TaskView, until: WaitUntil): boolean =>
  status === 'failed' || status === 'cancelled' || STAGES.indexOf(status) >= STAGES.indexOf(until)

const nextStage = (view: TaskView | undefined, until: WaitUntil): WaitUntil => {
  if (view?.status === 'accepted') return 'paid'
  if (view?.status === 'delivered') return until === 'delivered' ? 'delivered' : 'accepted'
  return 'delivered'
}

/**
 * Waits by long polls until every task has come to `until`, has failed or is cancelled.
 *
 * @returns the tasks in the order of `taskIds`; a failed task does not throw
 * @throws GstdError `TASK_WAIT_TIMEOUT` with the ids that are not there yet; the tasks go on
 */
export const waitForTasks = async (
  taskIds: readonly string[],
  poll: PollTask,
  options: WaitOptions = {},
): Promise<TaskView[]> => {
  const { until = 'delivered', onUpdate } = options
  const views = new Map<string, TaskView>()
  const pending = [...new Set(taskIds)]
  const timeout = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs)
  const stop = new AbortController()
  const signals = [stop.signal, options.signal, timeout].filter((signal) => signal !== undefined)
  const signal = AbortSignal.any(signals)
  const waitMs = pending.length > MAX_POLLS ? SHARED_POLL_MS : LONG_POLL_MS

  const step = async (taskId: string): Promise<boolean> => {
    const before = views.get(taskId)
    const startedMs = performance.now()
    const view = await poll(taskId, {
      waitMs: before === undefined ? 0 : waitMs,
      until: nextStage(before, until),
      signal,
    })
    views.set(taskId, view)
    if (view.status !== before?.status) onUpdate?.(view)
    if (hasReached(view, until)) return true
    const restMs = MIN_POLL_MS - (performance.now() - startedMs)
    if (before !== undefined && view.status === before.status && restMs > 0) await delay(restMs, signal)
    return false
  }
  const work = async (): Promise<void> => {
    for (let taskId = pending.shift(); taskId !== undefined; taskId = pending.shift()) {
      if (!(await step(taskId))) pending.push(taskId)
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(MAX_POLLS, pending.length) }, work))
  } catch (thrown) {
    if (timeout?.aborted !== true || options.signal?.aborted === true) throw thrown
    const waiting = taskIds.filter((taskId) => {
      const view = views.get(taskId)
      return view === undefined || !hasReached(view, until)
    })
    throw new GstdError('TASK_WAIT_TIMEOUT', `${waiting.length} of ${taskIds.length} tasks are not ${until} yet`, {
      details: { until, task_ids: waiting.slice(0, 20) },
      hint: 'the tasks go on: ask again later, or wait longer',
    })
  } finally {
    stop.abort()
  }
  return taskIds.flatMap((taskId) => views.get(taskId) ?? [])
}
