import {
  countedFigures,
  manifestOf,
  type ErrorCode,
  type Judgement,
  type LogBody,
  type NetworkParameters,
  type TaskDescriptor,
  type VerdictSeat,
  inputItems,
  seatReward,
  descriptorDocument,
} from '@gstd/sdk'
import { countVerdict } from '../devices/countVerdict.ts'
import type { LiveTask } from '../live/liveTask.ts'
import type { LiveUnit } from '../log/journal.ts'
import { type Effect, tell } from '../seats/effects.ts'
import { isHeld } from '../seats/findSeat.ts'
import type { HeldSeat } from '../seats/seatRow.ts'

export type VerdictContext = { parameters: NetworkParameters; parametersHash: string; nowMs: number }

type Decision = Exclude<Judgement, { outcome: 'undecided' }> | { outcome: 'failed'; code: ErrorCode }

type JudgedTask = {
  task: LiveTask
  decision: Decision
  /** Executions with an attested answer. */
  seats: readonly HeldSeat[]
}

const judgeSeat = (
  seat: HeldSeat,
  descriptor: TaskDescriptor,
  agreed: boolean,
  { parameters }: VerdictContext,
): VerdictSeat => {
  const manifest = manifestOf(descriptor, parameters.models)
  const energy = { energy_consumed_mwh: seat.proof?.energy_consumed_mwh ?? 0 }
  const figures = countedFigures(energy, seat.observed_ms ?? 0, manifest, inputItems(descriptor).length)
  const reward = agreed ? seatReward(descriptor, figures, seat.device_reputation, parameters.rates) : 0n
  return {
    attempt: seat.attempt,
    device_id: seat.device_id,
    agreed,
    proof_hash: seat.proof_hash ?? '',
    result_hash: seat.result_hash ?? '',
    observed_ms: figures.observedMs,
    counted_energy_mwh: figures.energyMwh,
    energy_attested: figures.energyAttested,
    device_reputation: seat.device_reputation,
    reward_nano: reward.toString(),
  }
}

const closeSeats = (unit: LiveUnit, held: readonly HeldSeat[], judged: readonly VerdictSeat[]): Effect[] =>
  judged.flatMap(({ attempt, agreed, reward_nano }) => {
    const seat = held.find((candidate) => candidate.attempt === attempt)
    if (seat === undefined) return []
    unit.change(seat, { state: 'closed', due_at: null, agreed, reward_nano: Number(reward_nano) })
    return tell(seat.device_id, { type: 'outcome', order_hash: seat.order_hash, agreed, reward_nano })
  })

/** Seats that the verdict made superfluous: nothing is owed for them, and nobody is blamed. */
const dropOthers = (unit: LiveUnit, taskId: string): Effect[] =>
  (unit.task(taskId)?.seats ?? []).flatMap((seat) => {
    if (seat.state === 'closed' || seat.state === 'ended') return []
    if (!isHeld(seat)) {
      unit.drop(seat)
      return []
    }
    unit.change(seat, { state: 'ended', due_at: null, end_reason: 'task_ended' })
    return tell(seat.device_id, { type: 'dropped', order_hash: seat.order_hash, reason: 'task_ended' })
  })

const failureMessage: Partial<Record<ErrorCode, string>> = {
  TASK_NO_AGREEMENT: 'the answers differ so much that no group can reach the quorum',
  TASK_ATTEMPTS_EXHAUSTED: 'a seat used up its attempts without an answer',
  TASK_EXPIRED: 'the deadline passed before enough devices could answer',
}

/**
 * Writes a task's verdict: rewards of the agreeing executions, what is charged, statistics, and the log entry from
 * which anyone can recompute all of it. The rest of the reservation is released.
 */
export const writeVerdict = (unit: LiveUnit, judged: JudgedTask, context: VerdictContext): Effect[] => {
  const { task, decision } = judged
  const { descriptor } = task
  const agreeing = new Set(decision.outcome === 'accepted' ? decision.agreeing : [])
  const seats = judged.seats.map((seat) => judgeSeat(seat, descriptor, agreeing.has(seat.attempt), context))
  const accepted = decision.outcome === 'accepted'
  const rewards = seats.reduce((sum, seat) => sum + BigInt(seat.reward_nano), 0n)
  const tariff = accepted ? BigInt(context.parameters.tariff_nano) : 0n
  const verdict: LogBody<'verdict'> = {
    task_id: task.task_id,
    descriptor_hash: descriptorDocument.id(descriptor),
    outcome: decision.outcome,
    ...(decision.outcome === 'accepted' ? { result_hash: decision.resultHash } : { reason: decision.code }),
    seats,
    tariff_nano: tariff.toString(),
    charged_nano: (rewards + tariff).toString(),
    parameters_hash: context.parametersHash,
  }
  const index = unit.log('verdict', verdict)
  const winner = judged.seats.find((seat) => agreeing.has(seat.attempt))
  const error =
    decision.outcome === 'failed'
      ? { code: decision.code, message: failureMessage[decision.code] ?? 'the task failed' }
      : null
  const outcomes = closeSeats(unit, judged.seats, seats)
  const dropped = dropOthers(unit, task.task_id)
  countVerdict(unit.tally, verdict, descriptor)
  unit.end(task.task_id, {
    status: accepted ? 'delivered' : 'failed',
    charged_nano: verdict.charged_nano,
    result: winner?.result ?? null,
    result_hash: winner?.result_hash ?? null,
    error,
    verdict_index: index,
    ended_at: context.nowMs,
  })
  return [...outcomes, ...dropped]
}
