import {
  agreeBy,
  type ErrorCode,
  judge,
  type KnownAnswer,
  maxDevicesOf,
  redundancyOf,
  resultHashOf,
  type TaskDescriptor,
} from '@gstd/sdk'
import type { Unit } from '../log/journal.ts'
import { type Effect, tell } from '../seats/effects.ts'
import { heldSeats } from '../seats/findSeat.ts'
import type { HeldSeat } from '../seats/seatRow.ts'
import { type VerdictContext, writeVerdict } from './writeVerdict.ts'

type StoredTask = {
  task_id: string
  descriptor: TaskDescriptor
  method: 'reference' | 'majority'
  operation: string
  status: string
  dispatch_until: number
  known_answer: KnownAnswer | null
}

type OpenSeat = { id: number; state: string; tries: number; seat: number }

const toAnswer = (seat: HeldSeat) => ({
  attempt: seat.attempt,
  resultHash: seat.result_hash ?? '',
  result: seat.result ?? [],
})

const judgeSeats = (task: StoredTask, seats: readonly HeldSeat[]) =>
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

const readOpenSeats = (unit: Unit, taskId: string): Promise<OpenSeat[]> =>
  unit.query<OpenSeat>(
    `SELECT id, state, tries, seat FROM seats WHERE task_id = $1
     AND state IN ('open', 'dispatched', 'acknowledged', 'started', 'committed', 'revealing') ORDER BY seat`,
    [taskId],
  )

/**
 * Why a task cannot be finished any more, if so: a seat used up its attempts, or dispatching has ended. `majority`
 * needs every seat, and whoever has committed would wait for ever; `reference` may do with the seats under way.
 */
const dead = (task: StoredTask, open: readonly OpenSeat[], attempts: number, nowMs: number): ErrorCode | undefined => {
  if (open.some((seat) => seat.tries >= attempts)) return 'TASK_ATTEMPTS_EXHAUSTED'
  const waiting = open.filter((seat) => seat.state === 'open')
  const isHopeless = task.method === 'majority' || waiting.length === open.length
  return waiting.length > 0 && isHopeless && task.dispatch_until <= nowMs ? 'TASK_EXPIRED' : undefined
}

const openSeats = async (unit: Unit, taskId: string, count: number): Promise<void> => {
  await unit.query(
    `INSERT INTO seats (task_id, seat, state)
     SELECT $1, (SELECT max(seat) FROM seats WHERE task_id = $1) + n, 'open' FROM generate_series(1, $2::int) AS n`,
    [taskId, count],
  )
}

/**
 * Looks at a task after any of its seats changed: writes the verdict when one is due, asks for signatures that would
 * decide it, or opens another seat (protocol §5 and §6).
 */
export const decideTask = async (unit: Unit, taskId: string, context: VerdictContext): Promise<Effect[]> => {
  const [task] = await unit.query<StoredTask>('SELECT * FROM tasks WHERE task_id = $1', [taskId])
  if (task === undefined || (task.status !== 'queued' && task.status !== 'running')) return []
  const open = await readOpenSeats(unit, taskId)
  const seats = await heldSeats(unit, taskId)
  const attested = seats.filter((seat) => seat.state === 'attested')
  const revealed = seats.filter((seat) => seat.state === 'attested' || seat.state === 'revealed')
  const complete = task.method === 'reference' || open.length === 0

  const decision = complete ? judgeSeats(task, attested) : undefined
  if (decision !== undefined && decision.outcome !== 'undecided') {
    return writeVerdict(unit, { ...task, decision, seats: attested }, context)
  }
  const prospect = complete ? judgeSeats(task, revealed) : undefined
  const reason = dead(task, open, context.parameters.attempts_per_seat, context.nowMs)
  if (reason !== undefined && (prospect === undefined || prospect.outcome === 'undecided')) {
    return writeVerdict(unit, { ...task, decision: { outcome: 'failed', code: reason }, seats: attested }, context)
  }
  if (revealed.length > attested.length) {
    if (prospect === undefined || (prospect.outcome === 'undecided' && open.length > 0)) return []
    return revealed
      .filter((seat) => seat.state === 'revealed')
      .flatMap((seat) => tell(seat.device_id, { type: 'attest_request' }))
  }
  if (decision !== undefined && open.length === 0) await openSeats(unit, taskId, decision.seatsWanted)
  return []
}
