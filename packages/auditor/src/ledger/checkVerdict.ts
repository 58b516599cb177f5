import {
  completionOf,
  countedFigures,
  deadlineOf,
  inputItems,
  isJudged,
  type KnownAnswer,
  type LogBody,
  manifestOf,
  type NetworkParameters,
  newDeviceRecord,
  newRequesterRecord,
  type ReceiptSeat,
  resultHashOf,
  verifyVerdict,
  withCompletion,
  withVerdict,
} from '@gstd/sdk'
import {
  type CheckEntry,
  CLOCK_STEP_MS,
  type EntryOf,
  type Evidence,
  parametersOf,
  runningTask,
} from './entryContext.ts'
import { endTask } from './forgetSettled.ts'
import type { LedgerState, SeatFacts, TaskFacts } from './ledgerState.ts'
import { expectEqual, known, refuse } from './refuse.ts'

/** Executions that the verdict is about: those with an attested answer, by attempt. */
const attestedSeats = (task: TaskFacts): SeatFacts[] =>
  [...task.seats.values()].filter((seat) => seat.ended === undefined && seat.attested !== undefined)

const toReceiptSeat = (seat: SeatFacts): ReceiptSeat | undefined => {
  const { commitment, revealed, attested } = seat
  if (commitment === undefined || revealed === undefined || attested === undefined) return undefined
  return {
    certificate: seat.certificate,
    order: seat.order,
    order_batch: seat.orderBatch,
    order_inclusion: seat.orderInclusion,
    commitment: commitment.commitment,
    salt: revealed.salt,
    proof: revealed.proof,
    proof_batch: attested.batch,
    proof_inclusion: attested.inclusion,
  }
}

/** Whether a verdict can only be judged with what the log has no more than hashes of: a known answer is a voice in it. */
export const needsEvidence = (state: LedgerState, { body }: EntryOf<'verdict'>): boolean => {
  const task = state.tasks.get(body.task_id)
  return task !== undefined && task.verdict === undefined && task.knownAnswer
}

type CheckedEvidence = { knownAnswer: KnownAnswer; results: ReadonlyMap<number, readonly unknown[]> }

/** Results are taken only where they are those that the devices proved; an answer equal to the known one needs none. */
const checkEvidence = (evidence: Evidence | undefined, seats: readonly SeatFacts[]): CheckedEvidence => {
  const { knownAnswer, results } = known(evidence, 'the coordinator has no evidence for this verdict')
  const answer = known(knownAnswer, 'the evidence lacks the known answer')
  const answerHash = resultHashOf(answer.value)
  const checked = new Map<number, readonly unknown[]>()
  for (const { order, revealed } of seats) {
    const { attempt } = order
    const resultHash = revealed?.proof.result_hash
    if (resultHash === answerHash) continue
    const result = known(results.get(attempt), 'the evidence lacks a result', { attempt })
    expectEqual(`the hash of the result of attempt ${attempt}`, resultHashOf(result), resultHash)
    checked.set(attempt, result)
  }
  return { knownAnswer: answer, results: checked }
}

/** A task fails for want of time or attempts only when there was none left. */
const checkFailure = (entry: EntryOf<'verdict'>, task: TaskFacts, attemptsPerSeat: number): void => {
  const { reason } = entry.body
  const { descriptor } = task
  if (reason === 'TASK_NO_AGREEMENT') return
  if (reason === 'TASK_EXPIRED') {
    const endMs = deadlineOf(descriptor) - descriptor.constraints.time_limit_sec * 1000 - 2000
    if (entry.at < endMs - CLOCK_STEP_MS) refuse('the task had time left', { at: entry.at, dispatch_until: endMs })
    return
  }
  if (reason !== 'TASK_ATTEMPTS_EXHAUSTED') refuse('a task does not fail for this reason', { reason })
  const ended = new Map<number, number>()
  for (const seat of task.seats.values()) {
    if (seat.ended !== undefined) ended.set(seat.ordinal, (ended.get(seat.ordinal) ?? 0) + 1)
  }
  const most = Math.max(0, ...ended.values())
  if (most < attemptsPerSeat)
    refuse('no seat used up its attempts', { attempts: most, attempts_per_seat: attemptsPerSeat })
}

/** Two figures that only the log as a whole shows: the time that was observed, and the reputation at dispatch. */
const checkLogged = (
  body: LogBody<'verdict'>,
  { descriptor }: TaskFacts,
  seats: readonly SeatFacts[],
  { models }: NetworkParameters,
): void => {
  const manifest = manifestOf(descriptor, models)
  const attempts = body.seats.map(({ attempt }) => attempt)
  const twice = body.seats.find(({ attempt }, at) => attempts.indexOf(attempt) !== at)
  if (twice !== undefined) {
    const { attempt, device_id } = twice
    refuse('the verdict lists an execution twice', { task_id: body.task_id, device_id, attempt })
  }
  if (attempts.some((attempt, at) => attempt <= (attempts[at - 1] ?? 0)))
    refuse('the seats are not in order', { attempts })
  for (const stated of body.seats) {
    const { attempt } = stated
    const seat = seats.find(({ order }) => order.attempt === attempt)
    const { deviceReputation, commitment, revealed } = known(seat, 'the verdict has a seat that the log has not', {
      attempt,
    })
    expectEqual(`seats.${attempt}.device_reputation`, stated.device_reputation, deviceReputation)
    const energy = { energy_consumed_mwh: revealed?.proof.energy_consumed_mwh ?? 0 }
    const figures = countedFigures(energy, commitment?.observedMs ?? 0, manifest, inputItems(descriptor).length)
    expectEqual(`seats.${attempt}.observed_ms`, stated.observed_ms, figures.observedMs)
  }
}

const count = (state: LedgerState, body: LogBody<'verdict'>, task: TaskFacts): void => {
  const { requester } = task
  state.requesters.set(requester, withVerdict(state.requesters.get(requester) ?? newRequesterRecord, body))
  if (!isJudged(body)) return
  for (const seat of body.seats) {
    const record = state.records.get(seat.device_id) ?? newDeviceRecord
    state.records.set(seat.device_id, withCompletion(record, completionOf(seat, task.descriptor.constraints)))
  }
}

const settle = (state: LedgerState, entry: EntryOf<'verdict'>, task: TaskFacts, seats: readonly SeatFacts[]): void => {
  const payouts = new Map(
    seats.map(({ order, certificate }) => [order.attempt, certificate.certificate.payout_address]),
  )
  for (const seat of task.seats.values()) {
    if (seat.revealed !== undefined) state.provisional.delete(seat.revealed.proofHash)
  }
  const escrow = state.escrows.get(task.escrow)
  if (escrow !== undefined) {
    escrow.reservedNano -= task.reservedNano
    escrow.decidedNano += BigInt(entry.body.charged_nano)
  }
  task.verdict = { index: entry.index, body: entry.body, payouts }
  task.seats.clear()
  if (BigInt(entry.body.charged_nano) === 0n) endTask(state, entry.body.task_id)
}

/** A verdict that its executions give, to the nano; the only one of its task. */
export const checkVerdict: CheckEntry<'verdict'> = (entry, { state, outside }) => {
  const { body } = entry
  const parameters = parametersOf(state)
  const task = runningTask(state, body.task_id)
  const seats = attestedSeats(task)
  expectEqual('parameters_hash', body.parameters_hash, parameters.hash)
  if (body.outcome === 'failed') checkFailure(entry, task, parameters.document.attempts_per_seat)
  checkLogged(body, task, seats, parameters.document)

  const isVouched = outside.vouched === true && outside.evidence === undefined && needsEvidence(state, entry)
  if (!isVouched) {
    verifyVerdict(body, {
      descriptor: task.descriptor,
      parameters: parameters.document,
      seats: seats.flatMap((seat) => toReceiptSeat(seat) ?? []),
      ...(task.knownAnswer && checkEvidence(outside.evidence, seats)),
    })
  }
  if (BigInt(body.charged_nano) > task.reservedNano) {
    refuse('more is charged than was reserved', { charged_nano: body.charged_nano, reserved_nano: task.reservedNano })
  }
  count(state, body, task)
  settle(state, entry, task, seats)
}
