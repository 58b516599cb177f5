import { completionOf, isJudged, type LogBody, type TaskDescriptor } from '@gstd/sdk'
import type { Queries } from '../storage/database.ts'
import { countCompletion } from './deviceStatistics.ts'

/**
 * Counts a verdict for its requester.
 *
 * @param times - −1 takes back what was counted, for a verdict that does not stand
 */
export const countForRequester = (
  queries: Queries,
  requester: string,
  { outcome }: LogBody<'verdict'>,
  times: 1 | -1,
) =>
  queries.query(
    `UPDATE requesters SET completed = completed + $2, validated = validated + $2, succeeded = succeeded + $3
     WHERE requester = $1`,
    [requester, times, outcome === 'accepted' ? times : 0],
  )

/** Counts a verdict's executions for their devices, and the task for its requester. */
export const countVerdict = async (
  queries: Queries,
  verdict: LogBody<'verdict'>,
  descriptor: TaskDescriptor,
): Promise<void> => {
  await countForRequester(queries, descriptor.requester.address, verdict, 1)
  if (!isJudged(verdict)) return
  for (const seat of verdict.seats) {
    const skill = { deviceId: seat.device_id, operation: descriptor.operation, model: descriptor.model ?? '' }
    await countCompletion(queries, skill, completionOf(seat, descriptor.constraints))
  }
}
