import { agreeBy, type ErrorCode, judge, maxDevicesOf, redundancyOf, resultHashOf } from '@gstd/sdk'
import type { LiveTask } from '../live/liveTask.ts'
import type { LiveUnit } from '../log/journal.ts'
import { type Effect, tell } from '../seats/effects.ts'
import { heldSeats } from '../seats/findSeat.ts'
import type { HeldSeat, SeatRow, SeatState } from '../seats/seatRow.ts'
import { type VerdictContext, writeVerdict } from './writeVerdict.ts'

const toAnswer = (seat: HeldSeat) => ({
  attempt: seat.attempt,
  resultHash: seat.result_hash ?? '',
  result: seat.result ?? [],
})

const judgeSeats = (task: LiveTask, seats: readonly HeldSeat[]) =>
  judge({
    method: task.method,
    redundancy: redundancyOf(task.descriptor),
    maxDevices: maxDevicesOf(task.descriptor),
    answers: seats.map(toAnswer),
    ...(task.known_answer !== null && {
      knownAnswer: { resultHash: resultHashOf(task.known_answer.value), result: task.known_answer.value },
    }),
    agree: agreeBy(task.operation),
  })

const UNANSWERED: readonly SeatState[] = ['open', 'dispatched', 'acknowledged', 'started', 'committed', 'revealing']

/**
 * Why a task cannot be finished any more, if so: a seat used up its attempts, or dispatching has ended. `majority`
 * needs every seat, and whoever has committed would wait for ever; `reference` may do with the seats under way.
 */
const dead = (task: LiveTask, open: readonly SeatRow[], attempts: number, nowMs: number): ErrorCode | undefined => {
  if (open.some((seat) => seat.tries >= attempts)) return 'TASK_ATTEMPTS_EXHAUSTED'
  const waiting = open.filter((seat) => seat.state === 'open')
  const isHopeless = task.method === 'majority' || waiting.length === open.length
  return waiting.length > 0 && isHopeless && task.dispatch_until <= nowMs ? 'TASK_EXPIRED' : undefined
}

const openSeats = (unit: LiveUnit, task: LiveTask, count: number): void => {
  const last = Math.max(...task.seats.map(({ seat }) => seat))
  for (let more = 1; more <= count; more++) unit.open(task.task_id, last + more, 0)
}

/**
 * Looks at a task after any of its seats changed: writes the verdict when one is due, asks for signatures that would
 * decide it, or opens another seat (protocol §5 and §6).
 */
export const decideTask = (unit: LiveUnit, taskId: string, context: VerdictContext): Effect[] => {
  const task = unit.task(taskId)
  if (task === undefined) return []
  const open = task.seats.filter(({ state }) => UNANSWERED.includes(state))
  const seats = heldSeats(task)
  const attested = seats.filter((seat) => seat.state === 'attested')
  const revealed = seats.filter((seat) => seat.state === 'attested' || seat.state === 'revealed')
  const complete = task.method === 'reference' || open.length === 0

  const decision = complete ? judgeSeats(task, attested) : undefined
  if (decision !== undefined && decision.outcome !== 'undecided') {
    return writeVerdict(unit, { task, decision, seats: attested }, context)
  }
  const prospect = complete ? judgeSeats(task, revealed) : undefined
  const reason = dead(task, open, context.parameters.attempts_per_seat, context.nowMs)
  if (reason !== undefined && (prospect === undefined || prospect.outcome === 'undecided')) {
    return writeVerdict(unit, { task, decision: { outcome: 'failed', code: reason }, seats: attested }, context)
  }
  if (revealed.length > attested.length) {
    if (prospect === undefined || (prospect.outcome === 'undecided' && open.length > 0)) return []
    return revealed
      .filter((seat) => seat.state === 'revealed')
      .flatMap((seat) => tell(seat.device_id, { type: 'attest_request' }))
  }
  if (decision !== undefined && open.length === 0) openSeats(unit, task, decision.seatsWanted)
  return []
}
