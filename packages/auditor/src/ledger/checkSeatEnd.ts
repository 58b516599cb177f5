import { isBlamed, newDeviceRecord, type SeatEndReason, withFailure } from '@gstd/sdk'
import { type CheckEntry, CLOCK_STEP_MS } from './entryContext.ts'
import type { SeatFacts } from './ledgerState.ts'
import { allowReveals, runningSeat } from './openSeats.ts'
import { expectEqual, refuse } from './refuse.ts'

type Stage = 'running' | 'committed' | 'revealed' | 'attested'

const stageOf = (seat: SeatFacts): Stage => {
  if (seat.attested !== undefined) return 'attested'
  if (seat.revealed !== undefined) return 'revealed'
  return seat.commitment === undefined ? 'running' : 'committed'
}

/** A device whose connection is lost is waited for no longer than its task may take. */
const taskMs = ({ order, timing }: SeatFacts): number => order.constraints.time_limit_sec * 1000 + timing.grace_ms

const afterCommitment = (seat: SeatFacts, waitMs: number): number =>
  (seat.commitment?.observedMs ?? 0) + Math.min(waitMs, taskMs(seat))

/** Where an execution must stand to end for a reason, and how long after its dispatch at the earliest. */
const rules: Record<SeatEndReason, { stage: Stage; leastMs: (seat: SeatFacts) => number }> = {
  no_ack: { stage: 'running', leastMs: (seat) => Math.min(seat.timing.ack_ms, taskMs(seat)) },
  no_start: { stage: 'running', leastMs: (seat) => Math.min(seat.timing.start_ms, taskMs(seat)) },
  time_out: { stage: 'running', leastMs: taskMs },
  input_unavailable: { stage: 'running', leastMs: () => 0 },
  device_error: { stage: 'running', leastMs: () => 0 },
  no_reveal: { stage: 'committed', leastMs: (seat) => afterCommitment(seat, seat.timing.reveal_ms) },
  invalid_proof: { stage: 'committed', leastMs: () => 0 },
  no_attestation: { stage: 'revealed', leastMs: (seat) => afterCommitment(seat, seat.timing.attest_ms) },
}

/** An execution ended without an answer that counts, for a reason that fits what the log shows of it. */
export const checkSeatEnd: CheckEntry<'seat_end'> = ({ at, body }, { state }) => {
  const { reason, device_id: deviceId } = body
  const { task, seat } = runningSeat(state, body)
  expectEqual('device_id', deviceId, seat.order.device_id)
  const { stage, leastMs } = rules[reason]
  expectEqual(`the stage at which ${reason} ends an execution`, stageOf(seat), stage)
  const passedMs = at - seat.order.dispatched_at
  if (passedMs + CLOCK_STEP_MS < leastMs(seat)) {
    refuse(`${reason} cannot have been that early`, { passed_ms: passedMs, least_ms: leastMs(seat) })
  }
  if (reason === 'no_reveal' && !seat.mayReveal) refuse('the result was not due yet', { attempt: body.attempt })
  seat.ended = reason
  if (seat.revealed !== undefined) state.provisional.delete(seat.revealed.proofHash)
  if (isBlamed(reason)) state.records.set(deviceId, withFailure(state.records.get(deviceId) ?? newDeviceRecord))
  allowReveals(task)
}
