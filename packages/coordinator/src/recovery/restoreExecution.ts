import {
  buildMerkleTree,
  fromHex,
  inclusionOf,
  isBlamed,
  proofDocument,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import { saveTally } from '../log/saveTally.ts'
import { createTally } from '../log/tally.ts'
import type { Queries } from '../storage/database.ts'
import type { RestoreEntry } from './restoreContext.ts'

const openSeat = async (queries: Queries, taskId: string, ordinal: number, tries: number): Promise<number> => {
  const [made] = await queries.query<{ id: number }>(
    `INSERT INTO seats (id, task_id, seat, tries, state)
     VALUES ((SELECT coalesce(max(id), 0) + 1 FROM seats), $1, $2, $3, 'open') RETURNING id`,
    [taskId, ordinal, tries],
  )
  if (made === undefined) throw new Error(`no seat could be made for task ${taskId}`)
  return made.id
}

/** The open seat of that number. Seats that a task was given later are in the log only once they are dispatched. */
const takeSeat = async (queries: Queries, taskId: string, ordinal: number): Promise<number> => {
  const [open] = await queries.query<{ id: number }>(
    `SELECT id FROM seats WHERE task_id = $1 AND seat = $2 AND state = 'open' ORDER BY id LIMIT 1`,
    [taskId, ordinal],
  )
  return open?.id ?? openSeat(queries, taskId, ordinal, 0)
}

/** An order, under the certificate that the device had then. */
export const restoreDispatch: RestoreEntry<'dispatch'> = async (queries, { body }, { parameters }) => {
  const { order, batch, inclusion, device_reputation } = body
  const id = await takeSeat(queries, order.task_id, body.seat)
  await queries.query(
    `UPDATE seats SET state = 'dispatched', attempt = $2, device_id = devices.device_id, owner = devices.owner,
       certificate = devices.certificate, work_order = $4, order_hash = $5, order_batch = $6, order_inclusion = $7,
       device_reputation = $8, dispatched_at = $9, due_at = $10
     FROM devices WHERE id = $1 AND devices.device_id = $3`,
    [
      id,
      order.attempt,
      order.device_id,
      JSON.stringify(order),
      workOrderDocument.id(order),
      JSON.stringify(batch),
      JSON.stringify(inclusion),
      device_reputation,
      order.dispatched_at,
      order.dispatched_at + parameters.timing.ack_ms,
    ],
  )
  await queries.query(`UPDATE tasks SET status = 'running' WHERE task_id = $1 AND status = 'queued'`, [order.task_id])
}

/** The device's clock has stopped. */
export const restoreCommitment: RestoreEntry<'commitment'> = async (queries, { at, body }) => {
  await queries.query(
    `UPDATE seats SET state = 'committed', started_at = $3, committed_at = $4, observed_ms = $5, commitment = $6,
       due_at = NULL WHERE task_id = $1 AND attempt = $2`,
    [body.task_id, body.attempt, Math.round(at - body.observed_ms), at, body.observed_ms, body.commitment],
  )
}

/** A proven result; the result itself is lost. */
export const restoreReveal: RestoreEntry<'reveal'> = async (queries, { at, body }, { parameters }) => {
  const { proof, salt } = body
  await queries.query(
    `UPDATE seats SET state = 'revealed', due_at = $3, salt = $4, result_hash = $5, proof = $6, proof_hash = $7
     WHERE task_id = $1 AND attempt = $2`,
    [
      body.task_id,
      body.attempt,
      at + parameters.timing.attest_ms,
      salt,
      proof.result_hash,
      JSON.stringify(proof),
      proofDocument.id(proof),
    ],
  )
}

/** The device's signature over its proofs. */
export const restoreAttestation: RestoreEntry<'attestation'> = async (queries, { body }) => {
  const { device_id, batch, proof_hashes } = body
  const tree = buildMerkleTree(proof_hashes.map(fromHex))
  for (const [index, proofHash] of proof_hashes.entries()) {
    await queries.query(
      `UPDATE seats SET state = 'attested', due_at = NULL, proof_batch = $3, proof_inclusion = $4
       WHERE proof_hash = $1 AND device_id = $2 AND state = 'revealed'`,
      [proofHash, device_id, JSON.stringify(batch), JSON.stringify(inclusionOf(tree, index))],
    )
  }
}

type EndedSeat = { seat: number; tries: number; work_order: WorkOrder; requester: string }

/** An execution without an answer; its seat is open again. */
export const restoreSeatEnd: RestoreEntry<'seat_end'> = async (queries, { body }) => {
  const { task_id, attempt, device_id: deviceId, reason } = body
  const [ended] = await queries.query<EndedSeat>(
    `UPDATE seats SET state = 'ended', due_at = NULL, end_reason = $3 FROM tasks
     WHERE seats.task_id = $1 AND attempt = $2 AND tasks.task_id = seats.task_id
     RETURNING seats.seat, tries, work_order, requester`,
    [task_id, attempt, reason],
  )
  if (ended === undefined) throw new Error(`attempt ${attempt} of task ${task_id} was never dispatched`)
  await openSeat(queries, task_id, ended.seat, ended.tries + 1)
  const tally = createTally()
  const { operation, model } = ended.work_order
  if (isBlamed(reason)) tally.failure({ deviceId, operation, model })
  if (reason === 'input_unavailable') tally.requester(ended.requester, { unavailable: 1 })
  await saveTally(queries, tally)
}
