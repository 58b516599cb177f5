import type { Inclusion, KnownAnswer, SignedBatch, TaskDescriptor } from '@gstd/sdk'

/** `cancelled`, `delivered` and `failed` are ends. */
export type StoredStatus = 'queued' | 'running' | 'delivered' | 'failed' | 'cancelled'

/**
 * A task's status in SQL. It is `running` from its first order on, which its seats say: its own row, the widest there is,
 * is written when it comes and when it ends.
 */
export const STATUS_SQL = `CASE WHEN status = 'queued' AND EXISTS
  (SELECT 1 FROM seats WHERE seats.task_id = tasks.task_id AND attempt IS NOT NULL) THEN 'running' ELSE status END`

/** A task, as stored at intake. */
export type NewTaskRow = {
  readonly task_id: string
  readonly descriptor_hash: string
  readonly descriptor: TaskDescriptor
  readonly inline_data: (string | null)[]
  readonly batch: SignedBatch
  readonly inclusion: Inclusion
  readonly requester: string
  readonly escrow: string
  readonly operation: string
  readonly model: string
  readonly method: 'reference' | 'majority'
  readonly gstd_share: number
  readonly reward_share: number
  readonly requester_reputation: number
  readonly static_priority: number
  readonly received_at: number
  readonly deadline: number
  readonly dispatch_until: number
  readonly tariff_nano: string
  readonly reserved_nano: string
  readonly known_answer: KnownAnswer | null
}

/** How a task ended, as stored with its verdict or its cancelling. */
export type TaskEnd = {
  status: Exclude<StoredStatus, 'queued' | 'running'>
  charged_nano: string
  result: unknown[] | null
  result_hash: string | null
  error: { code: string; message: string } | null
  /** Null for a cancelled task. */
  verdict_index: number | null
  ended_at: number
}
