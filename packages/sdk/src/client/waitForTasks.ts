import { limits } from '../documents/checkLimits.ts'
import type { TaskStatus, TaskView } from '../documents/taskView.ts'
import type { TaskWait } from '../documents/taskWait.ts'
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

/** Asks which of the tasks have another status than the one known; with `wait_ms` the answer may take that long. */
export type PollTasks = (wait: TaskWait, signal: AbortSignal) => Promise<TaskView[]>

const STAGES: readonly TaskStatus[] = ['queued', 'running', 'delivered', 'accepted', 'paid']
const LONG_POLL_MS = 25_000
/** A coordinator that does not hold polls open, or answers with every little change, is not asked more often. */
const MIN_POLL_MS = 100
/** A coordinator that is away is waited for this long: it may be starting again, and the tasks go on. */
const PATIENCE_MS = 60_000

const hasReached = ({ status }: TaskView, until: WaitUntil): boolean =>
  status === 'failed' || status === 'cancelled' || STAGES.indexOf(status) >= STAGES.indexOf(until)

const groupsOf = (taskIds: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(taskIds.length / limits.batchItems) }, (_, index) =>
    taskIds.slice(index * limits.batchItems, (index + 1) * limits.batchItems),
  )

/** Repeats a poll while the coordinator cannot be reached, for a while. */
const patiently = (poll: PollTasks): PollTasks => {
  let answeredMs = performance.now()
  return async (wait, signal) => {
    for (;;) {
      try {
        const views = await poll(wait, signal)
        answeredMs = performance.now()
        return views
      } catch (thrown) {
        const isAway = thrown instanceof GstdError && thrown.retryable
        if (!isAway || performance.now() - answeredMs > PATIENCE_MS) throw thrown
        await delay(MIN_POLL_MS, signal)
      }
    }
  }
}

/**
 * Waits by long polls, one for up to 1,024 tasks, until every task has come to `until`, has failed or is cancelled.
 *
 * @returns the tasks in the order of `taskIds`; a failed task does not throw
 * @throws GstdError `TASK_WAIT_TIMEOUT` with the ids that are not there yet; the tasks go on
 */
export const waitForTasks = async (
  taskIds: readonly string[],
  poll: PollTasks,
  options: WaitOptions = {},
): Promise<TaskView[]> => {
  const { until = 'delivered', onUpdate } = options
  const views = new Map<string, TaskView>()
  const timeout = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs)
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, options.signal, timeout].filter((candidate) => candidate !== undefined))
  const ask = patiently(poll)

  const follow = async (group: readonly string[]): Promise<void> => {
    let pending = group
    for (let waitMs = 0; pending.length > 0; waitMs = LONG_POLL_MS) {
      const startedMs = performance.now()
      const tasks = pending.map((taskId) => {
        const known = views.get(taskId)?.status
        return { task_id: taskId, ...(known !== undefined && { known }) }
      })
      for (const view of await ask({ tasks, wait_ms: waitMs }, signal)) {
        const before = views.get(view.task_id)
        views.set(view.task_id, view)
        if (view.status !== before?.status) onUpdate?.(view)
      }
      signal.throwIfAborted()
      pending = pending.filter((taskId) => {
        const view = views.get(taskId)
        return view === undefined || !hasReached(view, until)
      })
      const restMs = MIN_POLL_MS - (performance.now() - startedMs)
      if (pending.length > 0 && restMs > 0) await delay(restMs, signal)
    }
  }

  try {
    await Promise.all(groupsOf([...new Set(taskIds)]).map(follow))
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
