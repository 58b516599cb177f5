import { isBusy, type SeatRow } from './seatRow.ts'

/** Time for devices to find back to a restarted coordinator: the longest pause between their attempts, and some. */
const GRACE_MS = 25_000

/**
 * An execution as a coordinator takes it up that knows no more than what is stored. Whether its device had started is not
 * among that: until it says so again, its time counts from the dispatch. Nothing is late before devices could come back.
 */
export const resumeSeat = (seat: SeatRow, nowMs: number): SeatRow => {
  const due = seat.due_at === null ? null : Math.max(seat.due_at, nowMs + GRACE_MS)
  return isBusy(seat)
    ? { ...seat, state: 'acknowledged', started_at: seat.dispatched_at, due_at: due }
    : { ...seat, due_at: due }
}
