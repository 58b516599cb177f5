import {
  computePriority,
  deadlineOf,
  descriptorDocument,
  inputItems,
  parseAmount,
  redundancyOf,
  rewardShare,
} from '@gstd/sdk'
import { dispatchUntil } from '../intake/checkDescriptor.ts'
import type { RestoreEntry } from './restoreContext.ts'

/** They only rank, and the log does not name them. */
const UNKNOWN_STANDING = { gstdBalance: 0, requesterReputation: 0.5 }

/**
 * A task as it was taken in: its nonces are used, its requester's authorisation counts. Inline inputs and a known answer
 * are lost: the log has their hashes.
 */
export const restoreTask: RestoreEntry<'task'> = async (queries, { at, body }, { parameters }) => {
  const { descriptor, batch, inclusion, authorisation } = body
  const requester = descriptor.requester.address
  const rewardAmount = rewardShare(parseAmount(descriptor.reward.amount_ton))
  const standing = { ...UNKNOWN_STANDING, rewardAmount, taskUrgency: 0 }
  await queries.query(
    `INSERT INTO tasks (task_id, descriptor_hash, descriptor, inline_data, batch, inclusion, requester, escrow,
       operation, model, method, status, gstd_share, reward_share, requester_reputation, static_priority,
       received_at, deadline, dispatch_until, tariff_nano, reserved_nano)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
    [
      descriptor.task_id,
      descriptorDocument.id(descriptor),
      JSON.stringify(descriptor),
      JSON.stringify(inputItems(descriptor).map(() => null)),
      JSON.stringify(batch),
      JSON.stringify(inclusion),
      requester,
      authorisation.escrow,
      descriptor.operation,
      descriptor.model ?? '',
      descriptor.validation,
      standing.gstdBalance,
      rewardAmount,
      standing.requesterReputation,
      computePriority(standing, parameters.weights.priority),
      at,
      deadlineOf(descriptor),
      dispatchUntil(descriptor),
      body.tariff_nano,
      body.reserved_nano,
    ],
  )
  const voices = body.known_answer ? 1 : 2
  await queries.query(
    `INSERT INTO seats (id, task_id, seat, state)
     SELECT (SELECT coalesce(max(id), 0) FROM seats) + seat, $1, seat, 'open' FROM generate_series(1, $2::int) AS seat`,
    [descriptor.task_id, descriptor.validation === 'majority' ? redundancyOf(descriptor) : voices],
  )
  await queries.query(
    `INSERT INTO nonces (requester, nonce, claimed_at) SELECT $1, unnest($2::text[]), $3 ON CONFLICT DO NOTHING`,
    [requester, [batch.header.nonce, descriptor.nonce], at],
  )
  await queries.query(
    `INSERT INTO authorisations VALUES ($1, $2, $3, $4) ON CONFLICT (escrow, public_key) DO UPDATE
     SET max_cumulative = excluded.max_cumulative, document = excluded.document
     WHERE authorisations.max_cumulative < excluded.max_cumulative`,
    [authorisation.escrow, authorisation.public_key, authorisation.max_cumulative_nano, JSON.stringify(authorisation)],
  )
  await queries.query(
    `INSERT INTO requesters (requester, created) VALUES ($1, 1)
     ON CONFLICT (requester) DO UPDATE SET created = requesters.created + 1`,
    [requester],
  )
}

/** A task that its requester cancelled. */
export const restoreCancelled: RestoreEntry<'cancelled'> = async (queries, { at, body }) => {
  await queries.query('DELETE FROM seats WHERE task_id = $1', [body.task_id])
  await queries.query(
    `UPDATE tasks SET status = 'cancelled', reserved_nano = 0, ended_at = $2, error = $3, inline_data = '[]'
     WHERE task_id = $1`,
    [body.task_id, at, JSON.stringify({ code: 'TASK_CANCELLED', message: 'the requester cancelled the task' })],
  )
}
