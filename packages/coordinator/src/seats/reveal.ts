import {
  checkProof,
  commitmentOf,
  findOperation,
  GstdError,
  parseWith,
  type DeviceMessage,
  proofDocument,
  resultHashOf,
} from '@gstd/sdk'
import type { LiveUnit } from '../log/journal.ts'
import type { Timing } from './advanceSeat.ts'
import { type Effect, tell } from './effects.ts'
import { endSeat } from './endSeat.ts'
import { findSeat, heldSeats } from './findSeat.ts'
import type { HeldSeat, SeatState } from './seatRow.ts'

type Reveal = Extract<DeviceMessage, { type: 'reveal' }>

const PENDING: readonly SeatState[] = ['open', 'dispatched', 'acknowledged', 'started']

/**
 * Asks for results: at once for `reference`; for `majority` only once every open seat has committed or timed out,
 * so that nobody can copy (protocol §5).
 */
export const requestReveals = (unit: LiveUnit, taskId: string, nowMs: number, timing: Timing): Effect[] => {
  const task = unit.task(taskId)
  if (task === undefined) return []
  if (task.method === 'majority' && task.seats.some(({ state }) => PENDING.includes(state))) return []
  const committed = heldSeats(task).filter(({ state }) => state === 'committed')
  for (const seat of committed) unit.change(seat, { state: 'revealing', due_at: nowMs + timing.reveal_ms })
  return committed.flatMap((seat) => tell(seat.device_id, { type: 'reveal_request', order_hash: seat.order_hash }))
}

const checkReveal = (seat: HeldSeat, { result, salt, proof }: Reveal): string => {
  const resultHash = resultHashOf(result)
  if (commitmentOf({ resultHash, deviceId: seat.device_id, salt }) !== seat.commitment) {
    throw new GstdError('COMMITMENT_MISMATCH', 'result and salt do not open the commitment')
  }
  checkProof(proof, seat.work_order, resultHash)
  if (result.length !== seat.work_order.input.length) {
    throw new GstdError(
      'PROOF_INVALID',
      `the result has ${result.length} outputs for ${seat.work_order.input.length} inputs`,
    )
  }
  const operation = findOperation(seat.work_order.operation)
  for (const output of result) {
    if (operation !== undefined) parseWith(operation.resultItemSchema, output, 'PROOF_INVALID', 'an output')
  }
  return resultHash
}

/**
 * Takes a result that opens its commitment and is proven; a wrong one ends the seat as `invalid_proof`.
 * Until its device signs the root over its proofs it is provisional.
 */
export const reveal = (
  unit: LiveUnit,
  deviceId: string,
  message: Reveal,
  nowMs: number,
  timing: Timing,
): { effects: Effect[]; taskId: string } => {
  const seat = findSeat(unit, deviceId, message.order_hash)
  const { task_id: taskId, order_hash: orderHash } = seat
  if (seat.state === 'revealed' || seat.state === 'attested') {
    return { effects: tell(deviceId, { type: 'revealed', order_hash: orderHash }), taskId }
  }
  if (seat.state === 'closed' || seat.state === 'ended') {
    return { effects: tell(deviceId, { type: 'dropped', order_hash: orderHash, reason: 'task_ended' }), taskId }
  }
  if (seat.state !== 'revealing') {
    throw new GstdError('ORDER_UNKNOWN', 'the result was not asked for yet', { details: { order_hash: orderHash } })
  }
  let resultHash: string
  try {
    resultHash = checkReveal(seat, message)
  } catch (thrown) {
    if (!(thrown instanceof GstdError)) throw thrown
    const { code, message: text } = thrown
    const ended = endSeat(unit, seat, 'invalid_proof')
    return {
      effects: [...ended, ...tell(deviceId, { type: 'error', code, message: text, order_hash: orderHash })],
      taskId,
    }
  }
  unit.change(seat, {
    state: 'revealed',
    due_at: nowMs + timing.attest_ms,
    salt: message.salt,
    result: message.result,
    result_hash: resultHash,
    proof: message.proof,
    proof_hash: proofDocument.id(message.proof),
  })
  unit.log('reveal', { task_id: taskId, attempt: seat.attempt, salt: message.salt, proof: message.proof })
  return { effects: tell(deviceId, { type: 'revealed', order_hash: orderHash }), taskId }
}
