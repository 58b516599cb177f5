import type { SeatRow } from '../seats/seatRow.ts'
import type { NewTaskRow, TaskEnd } from '../tasks/taskRow.ts'
import { createTally, type Tally } from '../log/tally.ts'
import type { LiveTasks } from './createLiveTasks.ts'
import type { LiveTask } from './liveTask.ts'

/** A seat that nobody has been given yet. */
const openSeat = (id: number, taskId: string, seat: number, tries: number): SeatRow => ({
  id,
  task_id: taskId,
  seat,
  tries,
  state: 'open',
  due_at: null,
  attempt: null,
  device_id: null,
  owner: null,
  certificate: null,
  work_order: null,
  order_hash: null,
  order_batch: null,
  order_inclusion: null,
  device_reputation: null,
  dispatched_at: null,
  started_at: null,
  committed_at: null,
  observed_ms: null,
  commitment: null,
  salt: null,
  result: null,
  result_hash: null,
  proof: null,
  proof_hash: null,
  proof_batch: null,
  proof_inclusion: null,
  end_reason: null,
  agreed: null,
  reward_nano: null,
})

/** What one transition does to the tasks under way; nobody else sees it before it is taken over. */
export type Changes = {
  readonly tally: Tally
  /** @returns the task as this transition has left it so far; undefined when it has ended or never was */
  task(taskId: string): LiveTask | undefined
  /** @returns the execution of a work order, if its task has not ended */
  ofOrder(orderHash: string): SeatRow | undefined
  /** @returns the execution of a proof, if its task has not ended */
  ofProof(proofHash: string): SeatRow | undefined
  add(task: NewTaskRow, seats: number): void
  /** Opens a seat: another one, or one that a device has failed, for the next try. */
  open(taskId: string, seat: number, tries: number): void
  change(seat: Pick<SeatRow, 'id' | 'task_id'>, changes: Partial<Omit<SeatRow, 'id' | 'task_id'>>): void
  /** Changes a seat in memory only: after a restart it is as it was written last. */
  touch(seat: Pick<SeatRow, 'id' | 'task_id'>, changes: Partial<Omit<SeatRow, 'id' | 'task_id'>>): void
  /** Takes away a seat that nobody was given. */
  drop(seat: Pick<SeatRow, 'id' | 'task_id'>): void
  /** The task has been given to a device. */
  run(taskId: string): void
  end(taskId: string, end: TaskEnd): void
}

type SeatColumn = Exclude<keyof SeatRow, 'id' | 'task_id'>

/** A seat that is new, or of which some columns have changed. */
export type ChangedSeat = { row: SeatRow; isNew: boolean; columns: ReadonlySet<SeatColumn> }

export type CollectedChanges = Changes & {
  readonly newTasks: NewTaskRow[]
  /** The last state of every changed task. */
  readonly tasks: Map<string, LiveTask>
  readonly seats: Map<number, ChangedSeat>
  readonly dropped: Set<number>
  readonly ends: Map<string, TaskEnd>
}

/**
 * Opens a collection of changes to the tasks under way.
 *
 * @param nextSeatId - numbers every seat differently
 */
export const openChanges = (live: LiveTasks, nextSeatId: () => number): CollectedChanges => {
  const newTasks: NewTaskRow[] = []
  const tasks = new Map<string, LiveTask>()
  const seats = new Map<number, ChangedSeat>()
  const dropped = new Set<number>()
  const ends = new Map<string, TaskEnd>()

  const task = (taskId: string): LiveTask | undefined => {
    const known = tasks.get(taskId) ?? live.get(taskId)
    return known === undefined || ends.has(taskId) ? undefined : known
  }
  const known = (taskId: string): LiveTask => {
    const found = tasks.get(taskId) ?? live.get(taskId)
    if (found === undefined) throw new Error(`task ${taskId} is not under way`)
    return found
  }
  const note = (row: SeatRow, more: readonly SeatColumn[]): void => {
    const { isNew = false, columns = [] } = seats.get(row.id) ?? {}
    seats.set(row.id, { row, isNew, columns: new Set([...columns, ...more]) })
  }
  const withSeats = (taskId: string, change: (seats: readonly SeatRow[]) => readonly SeatRow[]): void => {
    const before = known(taskId)
    tasks.set(taskId, { ...before, seats: change(before.seats) })
  }
  const update = (
    { id, task_id: taskId }: Pick<SeatRow, 'id' | 'task_id'>,
    changes: Partial<SeatRow>,
    written: readonly SeatColumn[],
  ): void =>
    withSeats(taskId, (rows) =>
      rows.map((row) => {
        if (row.id !== id) return row
        const changed = { ...row, ...changes }
        if (written.length > 0 || seats.has(id)) note(changed, written)
        return changed
      }),
    )
  const open: Changes['open'] = (taskId, seat, tries) => {
    const row = openSeat(nextSeatId(), taskId, seat, tries)
    seats.set(row.id, { row, isNew: true, columns: new Set() })
    withSeats(taskId, (rows) => [...rows, row])
  }

  return {
    tally: createTally(),
    newTasks,
    tasks,
    seats,
    dropped,
    ends,
    task,
    ofOrder: (orderHash) => {
      const found = live.ofOrder(orderHash)
      return found && task(found.task_id)?.seats.find((seat) => seat.order_hash === orderHash)
    },
    ofProof: (proofHash) => {
      const found = live.ofProof(proofHash)
      return found && task(found.task_id)?.seats.find((seat) => seat.proof_hash === proofHash)
    },
    open,
    add: (row, count) => {
      newTasks.push(row)
      tasks.set(row.task_id, { ...row, status: 'queued', seats: [] })
      for (let seat = 1; seat <= count; seat++) open(row.task_id, seat, 0)
    },
    change: (seat, changes) => update(seat, changes, Object.keys(changes) as SeatColumn[]),
    touch: (seat, changes) => update(seat, changes, []),
    drop: ({ id, task_id: taskId }) => {
      seats.delete(id)
      dropped.add(id)
      withSeats(taskId, (rows) => rows.filter((row) => row.id !== id))
    },
    run: (taskId) => {
      const before = known(taskId)
      if (before.status !== 'queued') return
      tasks.set(taskId, { ...before, status: 'running' })
    },
    end: (taskId, end) => {
      ends.set(taskId, end)
      tasks.set(taskId, { ...known(taskId), status: end.status })
    },
  }
}

/** Adds later changes to earlier ones. */
export const mergeChanges = (into: CollectedChanges, later: CollectedChanges): void => {
  into.newTasks.push(...later.newTasks)
  for (const [id, { row, isNew, columns }] of later.seats) {
    const before = into.seats.get(id)
    into.seats.set(id, {
      row,
      isNew: isNew || before?.isNew === true,
      columns: new Set([...(before?.columns ?? []), ...columns]),
    })
  }
  for (const id of later.dropped) {
    into.seats.delete(id)
    into.dropped.add(id)
  }
  for (const [taskId, end] of later.ends) into.ends.set(taskId, end)
  into.tally.add(later.tally)
}
