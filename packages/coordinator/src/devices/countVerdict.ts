import { completionOf, isJudged, type LogBody, type TaskDescriptor } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'
import type { Tally } from '../log/tally.ts'

/** Takes back that a task was counted for its requester: one that the auditor refuses was never taken in. */
export const uncountTask = (queries: Queries, { descriptor }: LogBody<'task'>) =>
  queries.query('UPDATE requesters SET created = created - 1 WHERE requester = $1', [descriptor.requester.address])

/** Takes back what was counted for its requester by a verdict that does not stand. */
export const uncountForRequester = (queries: Queries, requester: string, { outcome }: LogBody<'verdict'>) =>
  queries.query(
    `UPDATE requesters SET completed = completed - 1, validated = validated - 1, succeeded = succeeded - $2
     WHERE requester = $1`,
    [requester, outcome === 'accepted' ? 1 : 0],
  )

/** Counts a verdict's executions for their devices, and the task for its requester. */
export const countVerdict = (tally: Tally, verdict: LogBody<'verdict'>, descriptor: TaskDescriptor): void => {
  const succeeded = verdict.outcome === 'accepted' ? 1 : 0
  tally.requester(descriptor.requester.address, { completed: 1, validated: 1, succeeded })
  if (!isJudged(verdict)) return
  for (const seat of verdict.seats) {
    const skill = { deviceId: seat.device_id, operation: descriptor.operation, model: descriptor.model ?? '' }
    tally.completion(skill, completionOf(seat, descriptor.constraints))
  }
}
