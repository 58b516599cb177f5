import type { LogBody } from '../log/entries.ts'
import type { TaskLeaf } from '../log/taskLeaf.ts'

/** @returns what a verdict pays: one leaf per agreeing execution that earned something, by attempt. */
export const leavesOf = (verdict: LogBody<'verdict'>): TaskLeaf[] =>
  verdict.seats
    .filter(({ agreed, reward_nano }) => agreed && BigInt(reward_nano) > 0n)
    .toSorted((a, b) => a.attempt - b.attempt)
    .map((seat) => ({
      task_id: verdict.task_id,
      device_id: seat.device_id,
      attempt: seat.attempt,
      amount_nano: seat.reward_nano,
      result_hash: seat.result_hash,
      proof_hash: seat.proof_hash,
    }))
