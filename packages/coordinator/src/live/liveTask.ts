import type { SeatRow } from '../seats/seatRow.ts'
import type { NewTaskRow, StoredStatus } from '../tasks/taskRow.ts'

/** What ranking, matching, dispatch and verdict need of a task that has not ended. */
export type LiveTask = Pick<
  NewTaskRow,
  | 'task_id'
  | 'descriptor'
  | 'inline_data'
  | 'requester'
  | 'operation'
  | 'model'
  | 'method'
  | 'gstd_share'
  | 'reward_share'
  | 'requester_reputation'
  | 'static_priority'
  | 'received_at'
  | 'deadline'
  | 'dispatch_until'
  | 'known_answer'
> & {
  readonly status: StoredStatus
  /** In order of their making. Never changed in place: a change makes a new one. */
  readonly seats: readonly SeatRow[]
}

/** Whether a task still waits for devices or for its verdict. */
export const isLive = (status: StoredStatus): boolean => status === 'queued' || status === 'running'
