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
import type { Unit } from '../log/journal.ts'
import type { Timing } from './advanceSeat.ts'
import { type Effect, tell } from './effects.ts'
import { endSeat } from './endSeat.ts'
import { findSeat } from './findSeat.ts'
import type { HeldSeat } from './seatRow.ts'

type Reveal = Extract<DeviceMessage, { type: 'reveal' }>

const PENDING = ['open', 'dispatched', 'acknowledged', 'started']

/**
 * Asks for results: at once for `reference`; for `majority` only once every open seat has committed or timed out,
 * so that nobody can copy (protocol §5).
 */
export const requestReveals = async (unit: Unit, taskId: string, nowMs: number, timing: Timing): Promise<Effect[]> => {
  const [task] = await unit.query<{ method: string; pending: number }>(
    `SELECT method, (SELECT count(*)::int FROM seats WHERE seats.task_id = tasks.task_id AND state = ANY($2)) AS pending
     FROM tasks WHERE task_id = $1`,
    [taskId, PENDING],
  )
  if (task === undefined || (task.method === 'majority' && task.pending > 0)) return []
  const rows = await unit.query<{ device_id: string; order_hash: string }>(
    `UPDATE seats SET state = 'revealing', due_at = $2 WHERE task_id = $1 AND state = 'committed'
     RETURNING device_id, order_hash`,
    [taskId, nowMs + timing.reveal_ms],
  )
  return rows.map((row) => ({
    deviceId: row.device_id,
    message: { type: 'reveal_request', order_hash: row.order_hash },
  }))
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
export const reveal = async (
  unit: Unit,
  deviceId: string,
  message: Reveal,
  nowMs: number,
  timing: Timing,
): Promise<{ effects: Effect[]; taskId: string }> => {
  const seat = await findSeat(unit, deviceId, message.order_hash)
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
    const ended = await endSeat(unit, seat, 'invalid_proof')
    return {
      effects: [...ended, ...tell(deviceId, { type: 'error', code, message: text, order_hash: orderHash })],
      taskId,
    }
  }
  await unit.query(
    `UPDATE seats SET state = 'revealed', due_at = $2, salt = $3, result = $4, result_hash = $5, proof = $6,
       proof_hash = $7 WHERE id = $1`,
    [
      seat.id,
      nowMs + timing.attest_ms,
      message.salt,
      JSON.stringify(message.result),
      resultHash,
      JSON.stringify(message.proof),
      proofDocument.id(message.proof),
    ],
  )
  unit.log('reveal', { task_id: taskId, attempt: seat.attempt, salt: message.salt, proof: message.proof })
  return { effects: tell(deviceId, { type: 'revealed', order_hash: orderHash }), taskId }
}
