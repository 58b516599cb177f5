import type { Inclusion, Proof, SignedBatch, SignedCertificate, WorkOrder } from '@gstd/sdk'

/**
 * Life of a seat's execution: open → dispatched → acknowledged → started → committed → revealing → revealed →
 * attested → closed with the verdict; or ended on the way, with a reason, and opened again as a new row.
 */
export type SeatState =
  | 'open'
  | 'dispatched'
  | 'acknowledged'
  | 'started'
  | 'committed'
  | 'revealing'
  | 'revealed'
  | 'attested'
  | 'closed'
  | 'ended'

/** States in which a device uses one of its slots. */
export const busyStates: readonly SeatState[] = ['dispatched', 'acknowledged', 'started']

/** @returns whether an execution in this state uses one of its device's slots */
export const isBusy = ({ state }: { state: SeatState }): boolean => busyStates.includes(state)

/** One execution of a task, as stored. */
export type SeatRow = {
  id: number
  task_id: string
  seat: number
  tries: number
  state: SeatState
  due_at: number | null
  attempt: number | null
  device_id: string | null
  owner: string | null
  /** Under which the work was dispatched: it says where the pay goes. */
  certificate: SignedCertificate | null
  work_order: WorkOrder | null
  order_hash: string | null
  order_batch: SignedBatch | null
  order_inclusion: Inclusion | null
  device_reputation: number | null
  dispatched_at: number | null
  started_at: number | null
  committed_at: number | null
  observed_ms: number | null
  commitment: string | null
  salt: string | null
  result: unknown[] | null
  result_hash: string | null
  proof: Proof | null
  proof_hash: string | null
  proof_batch: SignedBatch | null
  proof_inclusion: Inclusion | null
  end_reason: string | null
  agreed: boolean | null
  reward_nano: number | null
}

/** A seat that a device has, with what dispatch fixed. */
export type HeldSeat = SeatRow & {
  attempt: number
  device_id: string
  work_order: WorkOrder
  order_hash: string
  device_reputation: number
}
