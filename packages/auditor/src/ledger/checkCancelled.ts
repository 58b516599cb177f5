import { type CheckEntry, runningTask } from './entryContext.ts'
import { endTask } from './forgetSettled.ts'
import { refuse } from './refuse.ts'

/** A task is cancelled before any device was given it, or not at all. */
export const checkCancelled: CheckEntry<'cancelled'> = ({ body }, { state }) => {
  const task = runningTask(state, body.task_id)
  if (task.seats.size > 0) refuse('the task was dispatched before it was cancelled', { task_id: body.task_id })
  endTask(state, body.task_id)
  const escrow = state.escrows.get(task.escrow)
  if (escrow !== undefined) escrow.reservedNano -= task.reservedNano
}
