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
import type { Unit } from '../log/journal.ts'
import type { Effect } from '../seats/effects.ts'
import type { HeldSeat } from '../seats/seatRow.ts'

export type VerdictContext = { parameters: NetworkParameters; parametersHash: string; nowMs: number }

type Decision = Exclude<Judgement, { outcome: 'undecided' }> | { outcome: 'failed'; code: ErrorCode }

type JudgedTask = {
  task_id: string
  descriptor: TaskDescriptor
  operation: string
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

const closeSeats = async (unit: Unit, taskId: string, judged: readonly VerdictSeat[]): Promise<void> => {
  for (const seat of judged) {
    await unit.query(
      `UPDATE seats SET state = 'closed', due_at = NULL, agreed = $3, reward_nano = $4 WHERE task_id = $1 AND attempt = $2`,
      [taskId, seat.attempt, seat.agreed, seat.reward_nano],
    )
  }
}

/** Seats that the verdict made superfluous: nothing is owed for them, and nobody is blamed. */
const dropOthers = async (unit: Unit, taskId: string): Promise<Effect[]> => {
  await unit.query(`DELETE FROM seats WHERE task_id = $1 AND state = 'open'`, [taskId])
  const rows = await unit.query<{ device_id: string; order_hash: string }>(
    `UPDATE seats SET state = 'ended', due_at = NULL, end_reason = 'task_ended'
     WHERE task_id = $1 AND state NOT IN ('closed', 'ended') RETURNING device_id, order_hash`,
    [taskId],
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    message: { type: 'dropped', order_hash: row.order_hash, reason: 'task_ended' },
  }))
}

const failureMessage: Partial<Record<ErrorCode, string>> = {
  TASK_NO_AGREEMENT: 'the answers differ so much that no group can reach the quorum',
  TASK_ATTEMPTS_EXHAUSTED: 'a seat used up its attempts without an answer',
  TASK_EXPIRED: 'the deadline passed before enough devices could answer',
}

/**
 * Writes a task's verdict: rewards of the agreeing executions, what is charged, statistics, and the log entry from
 * which anyone can recompute all of it. The rest of the reservation is released.
 */
export const writeVerdict = async (unit: Unit, task: JudgedTask, context: VerdictContext): Promise<Effect[]> => {
  const { decision, descriptor } = task
  const agreeing = new Set(decision.outcome === 'accepted' ? decision.agreeing : [])
  const seats = task.seats.map((seat) => judgeSeat(seat, descriptor, agreeing.has(seat.attempt), context))
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
  const winner = task.seats.find((seat) => agreeing.has(seat.attempt))
  const error =
    decision.outcome === 'failed'
      ? { code: decision.code, message: failureMessage[decision.code] ?? 'the task failed' }
      : null
  await unit.query(
    `UPDATE tasks SET status = $2, reserved_nano = 0, charged_nano = $3, result = $4, result_hash = $5, error = $6,
       verdict_index = $7, ended_at = $8, inline_data = '[]' WHERE task_id = $1`,
    [
      task.task_id,
      accepted ? 'delivered' : 'failed',
      (rewards + tariff).toString(),
      winner === undefined ? null : JSON.stringify(winner.result),
      winner?.result_hash ?? null,
      error === null ? null : JSON.stringify(error),
      index,
      context.nowMs,
    ],
  )
  await closeSeats(unit, task.task_id, seats)
  await countVerdict(unit, verdict, descriptor)
  const outcomes: Effect[] = seats.flatMap((seat) => {
    const held = task.seats.find((candidate) => candidate.attempt === seat.attempt)
    return held === undefined
      ? []
      : [
          {
            deviceId: seat.device_id,
            message: {
              type: 'outcome',
              order_hash: held.order_hash,
              agreed: seat.agreed,
              reward_nano: seat.reward_nano,
            },
          },
        ]
  })
  return [...outcomes, ...(await dropOthers(unit, task.task_id))]
}
