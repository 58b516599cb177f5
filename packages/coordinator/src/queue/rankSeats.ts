import { computePriority, computeUrgency, type NetworkParameters } from '@gstd/sdk'

/** The terms of a waiting seat's priority, each 0..1 but the times, which are unix ms. */
export type RankedTerms = {
  gstdShare: number
  rewardShare: number
  requesterReputation: number
  deadlineMs: number
  receivedAtMs: number
}

/** @returns protocol §9's priority, 0..1; it grows as the deadline comes near. */
export const priorityOf = (
  terms: RankedTerms,
  nowMs: number,
  weights: NetworkParameters['weights']['priority'],
): number =>
  computePriority(
    {
      gstdBalance: terms.gstdShare,
      rewardAmount: terms.rewardShare,
      taskUrgency: computeUrgency({ nowMs, deadlineMs: terms.deadlineMs, horizonMs: 60_000 }),
      requesterReputation: terms.requesterReputation,
    },
    weights,
  )

/** One dispatch in this many goes to the longest-waiting task, so that nothing starves. */
const LONGEST_WAITING_EVERY = 10

/**
 * Orders waiting seats for dispatch: by priority, every tenth by waiting time.
 *
 * @param dispatched - dispatches so far; decides which places are the tenth ones
 */
export const rankSeats = <Seat extends RankedTerms>(
  seats: readonly Seat[],
  nowMs: number,
  dispatched: number,
  weights: NetworkParameters['weights']['priority'],
): Seat[] => {
  const byPriority = seats
    .map((seat) => ({ seat, priority: priorityOf(seat, nowMs, weights) }))
    .toSorted((a, b) => b.priority - a.priority || a.seat.receivedAtMs - b.seat.receivedAtMs)
    .map(({ seat }) => seat)
  const byAge = seats.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
  const ranked = new Set<Seat>()
  const next = (queue: Seat[]): Seat | undefined => {
    while (queue[0] !== undefined && ranked.has(queue[0])) queue.shift()
    return queue.shift()
  }
  while (ranked.size < seats.length) {
    const turn = dispatched + ranked.size + 1
    const seat = next(turn % LONGEST_WAITING_EVERY === 0 ? byAge : byPriority)
    if (seat === undefined) break
    ranked.add(seat)
  }
  return [...ranked]
}
