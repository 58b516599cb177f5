import { redundancyOf } from '@gstd/sdk'
import type { LedgerState, SeatFacts, TaskFacts } from './ledgerState.ts'
import { runningTask } from './entryContext.ts'
import { known, refuse } from './refuse.ts'

/**
 * Finds the execution that an entry speaks of.
 *
 * @throws GstdError `AUDITOR_REFUSED` when there is none, or it has ended
 */
export const runningSeat = (
  state: LedgerState,
  { task_id, attempt }: { task_id: string; attempt: number },
): { task: TaskFacts; seat: SeatFacts } => {
  const task = runningTask(state, task_id)
  const seat = known(task.seats.get(attempt), 'no valid dispatch has this attempt', { task_id, attempt })
  if (seat.ended !== undefined) refuse('the execution has ended', { task_id, attempt, reason: seat.ended })
  return { task, seat }
}

const hasOpenSeat = (task: TaskFacts): boolean => {
  const latest = new Map<number, SeatFacts>()
  for (const seat of task.seats.values()) latest.set(seat.ordinal, seat)
  const seats = Math.max(redundancyOf(task.descriptor), ...latest.keys())
  for (let ordinal = 1; ordinal <= seats; ordinal++) {
    const seat = latest.get(ordinal)
    if (seat === undefined || seat.ended !== undefined || seat.commitment === undefined) return true
  }
  return false
}

/** Who has committed may reveal: at once, for `majority` once every seat has committed, so that nobody can copy. */
export const allowReveals = (task: TaskFacts): void => {
  if (task.descriptor.validation === 'majority' && hasOpenSeat(task)) return
  for (const seat of task.seats.values()) if (seat.commitment !== undefined) seat.mayReveal = true
}
