import { inputItems } from '@gstd/sdk'
import type { LiveTask } from '../live/liveTask.ts'
import type { Journal, LiveUnit } from '../log/journal.ts'
import type { SeatState } from '../seats/seatRow.ts'
import { requestReveals } from '../seats/reveal.ts'
import { decideTask } from '../validator/decideTask.ts'
import type { VerdictContext } from '../validator/writeVerdict.ts'

const LOST = {
  code: 'TASK_CANCELLED',
  message: 'its input was lost when the coordinator’s database was restored; submit the task again',
}

/** A task that no device has had, and whose inline input is not there any more, cannot be begun. */
const isLost = ({ status, descriptor, inline_data, seats }: LiveTask): boolean =>
  status === 'queued' &&
  seats.every(({ attempt }) => attempt === null) &&
  inputItems(descriptor).some(({ source }, at) => source === 'inline' && typeof inline_data[at] !== 'string')

/** States in which something further happens by itself. */
const MOVING: readonly SeatState[] = ['open', 'dispatched', 'acknowledged', 'started', 'revealing', 'revealed']

const cancel = (unit: LiveUnit, { task_id, seats }: LiveTask, nowMs: number): void => {
  for (const seat of seats) unit.drop(seat)
  unit.end(task_id, {
    status: 'cancelled',
    charged_nano: '0',
    result: null,
    result_hash: null,
    error: LOST,
    verdict_index: null,
    ended_at: nowMs,
  })
  unit.log('cancelled', { task_id })
}

/**
 * Takes tasks up again where nothing else would, as a restored log may have left them: ends those whose input is lost,
 * asks for results that are due, decides what can be decided.
 *
 * @param clock - unix ms
 */
export const resumeTasks = (
  { live, apply }: Journal,
  clock: () => number,
  context: Omit<VerdictContext, 'nowMs'>,
): Promise<void> =>
  apply((unit) => {
    const nowMs = clock()
    for (const task of live.all()) {
      if (isLost(task)) {
        cancel(unit, task, nowMs)
      } else if (!task.seats.some(({ state }) => MOVING.includes(state))) {
        requestReveals(unit, task.task_id, nowMs, context.parameters.timing)
        decideTask(unit, task.task_id, { ...context, nowMs })
      }
    }
  })
