import { type CheckEntry, CLOCK_STEP_MS } from './entryContext.ts'
import { allowReveals, runningSeat } from './openSeats.ts'
import { expectEqual, refuse } from './refuse.ts'

/** A device bound itself to a result; the time that pays cannot be longer than what passed since the dispatch. */
export const checkCommitment: CheckEntry<'commitment'> = ({ at, body }, { state }) => {
  const { task, seat } = runningSeat(state, body)
  expectEqual('device_id', body.device_id, seat.order.device_id)
  if (seat.commitment !== undefined) refuse('the execution has a commitment already', { attempt: body.attempt })
  const passedMs = at - seat.order.dispatched_at
  if (body.observed_ms > passedMs + CLOCK_STEP_MS) {
    refuse('more time was observed than passed since the dispatch', {
      observed_ms: body.observed_ms,
      passed_ms: passedMs,
    })
  }
  seat.commitment = { commitment: body.commitment, observedMs: body.observed_ms }
  allowReveals(task)
}
