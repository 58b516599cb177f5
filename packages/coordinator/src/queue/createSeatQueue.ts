import { computePriority, GstdError, type NetworkParameters, URGENCY_HORIZON_MS } from '@gstd/sdk'
import { createIdIndex } from './createIdIndex.ts'
import { createHeapPositions, createIndexedHeap, type IndexedHeap } from './createIndexedHeap.ts'
import type { RankedTerms } from './rankSeats.ts'
import { createSeatColumns } from './createSeatColumns.ts'

/** What the place of a waiting seat depends on: shares are 0..1, times unix ms. */
export type SeatTerms = RankedTerms & {
  /** From then on the seat is not given away; never after the deadline. */
  dispatchUntilMs: number
}

/** Seats that wait for the same: the queue compares lanes only by what is first in each. */
export type Lane = {
  readonly size: number
  /** Outside their last 60 s, by the standing part of the priority; inside, where all grow alike, by the whole. */
  readonly calm: IndexedHeap
  readonly urgent: IndexedHeap
  readonly waiting: IndexedHeap
}

export type QueuedSeat<Task> = { id: number; task: Task; lane: Lane }

/** Waiting seats in the order of protocol §9, by lanes. */
export type SeatQueue<Task> = {
  readonly size: number
  createLane(): Lane
  /**
   * @param id - a whole number that no other waiting seat has
   * @throws GstdError `LIMITS_OUT_OF_RANGE` for a term outside its range, `INTERNAL_ERROR` for an id that waits already
   */
  add(id: number, task: Task, terms: SeatTerms, lane: Lane): void
  move(id: number, lane: Lane): void
  /** @returns false where it did not wait */
  remove(id: number): boolean
  get(id: number): QueuedSeat<Task> | undefined
  /** Lets time pass, never backwards. @returns the seats that may no longer be given away; they have left the queue */
  advance(nowMs: number): number[]
  /** @returns the id of the seat with the highest priority; the longer waiting, then the lower id, among equals */
  best(lanes: Iterable<Lane>): number | undefined
  /** @returns the id of the seat that has waited longest */
  longestWaiting(lanes: Iterable<Lane>): number | undefined
  /** @returns some seats of a lane, the first of them the longest waiting */
  some(lane: Lane, count: number): QueuedSeat<Task>[]
}

/**
 * Builds an empty queue. Adding, taking and passing time cost the logarithm of its length; one seat takes
 * about 100 bytes.
 *
 * The priority of two seats compares in the same way at any time while both are outside, or both inside, their last
 * 60 s: nothing is sorted anew as time passes, a seat only changes from one heap to the other, once.
 */
export const createSeatQueue = <Task>(weights: NetworkParameters['weights']['priority']): SeatQueue<Task> => {
  let columns = createSeatColumns(64)
  const tasks: (Task | undefined)[] = []
  const lanes: (Lane | undefined)[] = []
  const freeSlots: number[] = []
  const idAt = (slot: number): number => columns.id[slot] ?? -1
  const slots = createIdIndex(idAt)
  const byPriority = createHeapPositions()
  const byWaiting = createHeapPositions()
  const rate = computePriority({ gstdBalance: 0, rewardAmount: 0, taskUrgency: 1, requesterReputation: 0 }, weights)
  let nowMs = 0
  /** Deadlines are counted from the first one: their distance, not their date, has to keep its digits. */
  let originMs: number | undefined

  const isLowerId = (a: number, b: number): boolean => idAt(a) < idAt(b)
  const isOlder = (a: number, b: number): boolean => {
    const difference = (columns.receivedAtMs[a] ?? 0) - (columns.receivedAtMs[b] ?? 0)
    return difference < 0 || (difference === 0 && isLowerId(a, b))
  }
  const due = createIndexedHeap(createHeapPositions(), isLowerId)

  const createLane = (): Lane => {
    const waiting = createIndexedHeap(byWaiting, isLowerId)
    return {
      get size() {
        return waiting.size
      },
      calm: createIndexedHeap(byPriority, isOlder),
      urgent: createIndexedHeap(byPriority, isOlder),
      waiting,
    }
  }

  const rank = (slot: number, lane: Lane): void => {
    const deadlineMs = columns.deadlineMs[slot] ?? 0
    const untilMs = columns.untilMs[slot] ?? 0
    const urgentAtMs = deadlineMs - URGENCY_HORIZON_MS
    if (urgentAtMs > nowMs) {
      lane.calm.put(slot, -(columns.standing[slot] ?? 0))
      due.put(slot, Math.min(urgentAtMs, untilMs))
    } else {
      const lateness = (rate * (deadlineMs - (originMs ?? deadlineMs))) / URGENCY_HORIZON_MS
      lane.urgent.put(slot, lateness - (columns.standing[slot] ?? 0))
      due.put(slot, untilMs)
    }
  }

  const enter = (slot: number, lane: Lane): void => {
    lanes[slot] = lane
    lane.waiting.put(slot, columns.receivedAtMs[slot] ?? 0)
    rank(slot, lane)
  }

  const leave = (slot: number): void => {
    const lane = lanes[slot]
    if (lane === undefined) return
    if (!lane.calm.remove(slot)) lane.urgent.remove(slot)
    lane.waiting.remove(slot)
    lanes[slot] = undefined
  }

  const add = (id: number, task: Task, terms: SeatTerms, lane: Lane): void => {
    const { gstdShare: gstdBalance, rewardShare: rewardAmount, requesterReputation } = terms
    const { deadlineMs, receivedAtMs, dispatchUntilMs } = terms
    if (!(Number.isFinite(deadlineMs) && Number.isFinite(receivedAtMs) && dispatchUntilMs <= deadlineMs)) {
      throw new GstdError('LIMITS_OUT_OF_RANGE', 'a seat is not given away after its deadline', {
        details: { path: 'dispatchUntilMs', dispatch_until: dispatchUntilMs, deadline: deadlineMs },
      })
    }
    if (!Number.isSafeInteger(id)) {
      throw new GstdError('LIMITS_OUT_OF_RANGE', 'the id of a seat is a whole number', { details: { path: 'id', id } })
    }
    if (slots.get(id) !== undefined) throw new GstdError('INTERNAL_ERROR', `seat ${id} waits already`)
    const standingPart = computePriority({ gstdBalance, rewardAmount, taskUrgency: 0, requesterReputation }, weights)
    const slot = freeSlots.pop() ?? tasks.length
    if (slot === columns.id.length) columns = createSeatColumns(slot * 2, columns)
    originMs ??= deadlineMs
    columns.id[slot] = id
    slots.add(id, slot)
    tasks[slot] = task
    columns.standing[slot] = standingPart
    columns.deadlineMs[slot] = deadlineMs
    columns.receivedAtMs[slot] = receivedAtMs
    columns.untilMs[slot] = dispatchUntilMs
    enter(slot, lane)
  }

  const forget = (slot: number): void => {
    leave(slot)
    due.remove(slot)
    slots.remove(idAt(slot))
    tasks[slot] = undefined
    freeSlots.push(slot)
  }

  const remove = (id: number): boolean => {
    const slot = slots.get(id)
    if (slot === undefined) return false
    forget(slot)
    return true
  }

  const advance = (toMs: number): number[] => {
    if (toMs > nowMs) nowMs = toMs
    const expired: number[] = []
    for (let slot = due.first(); slot !== undefined; slot = due.first()) {
      const untilMs = columns.untilMs[slot] ?? 0
      const lane = lanes[slot]
      if (untilMs <= nowMs) {
        expired.push(idAt(slot))
        forget(slot)
      } else if (
        lane !== undefined &&
        (columns.deadlineMs[slot] ?? 0) - URGENCY_HORIZON_MS <= nowMs &&
        lane.calm.remove(slot)
      ) {
        rank(slot, lane)
      } else break
    }
    return expired
  }

  const priorityNow = (slot: number): number => {
    const urgency = Math.max(0, 1 - ((columns.deadlineMs[slot] ?? 0) - nowMs) / URGENCY_HORIZON_MS)
    return (columns.standing[slot] ?? 0) + rate * urgency
  }

  const best = (among: Iterable<Lane>): number | undefined => {
    let chosen: number | undefined
    let highest = -Infinity
    const consider = (slot: number | undefined): void => {
      if (slot === undefined) return
      const priority = priorityNow(slot)
      if (priority < highest || (priority === highest && chosen !== undefined && !isOlder(slot, chosen))) return
      highest = priority
      chosen = slot
    }
    for (const lane of among) {
      consider(lane.calm.first())
      consider(lane.urgent.first())
    }
    return chosen === undefined ? undefined : idAt(chosen)
  }

  const longestWaiting = (among: Iterable<Lane>): number | undefined => {
    let chosen: number | undefined
    for (const lane of among) {
      const slot = lane.waiting.first()
      if (slot !== undefined && (chosen === undefined || isOlder(slot, chosen))) chosen = slot
    }
    return chosen === undefined ? undefined : idAt(chosen)
  }

  const view = (slot: number | undefined): QueuedSeat<Task> | undefined => {
    if (slot === undefined) return undefined
    const [task, lane] = [tasks[slot], lanes[slot]]
    if (task === undefined || lane === undefined) return undefined
    return { id: idAt(slot), task, lane }
  }

  return {
    get size() {
      return slots.size
    },
    createLane,
    add,
    move: (id, lane) => {
      const slot = slots.get(id)
      if (slot === undefined) return
      leave(slot)
      enter(slot, lane)
    },
    remove,
    get: (id) => view(slots.get(id)),
    advance,
    best,
    longestWaiting,
    some: (lane, count) =>
      Array.from({ length: Math.min(count, lane.size) }, (_, place) => view(lane.waiting.at(place))).filter(
        (seat) => seat !== undefined,
      ),
  }
}
