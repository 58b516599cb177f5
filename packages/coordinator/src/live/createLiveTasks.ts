import { isBusy, type SeatRow } from '../seats/seatRow.ts'
import { isLive, type LiveTask } from './liveTask.ts'

/** The tasks that have not ended, with what devices and the dispatcher ask of them. Memory of what the database says. */
export type LiveTasks = {
  readonly size: number
  get(taskId: string): LiveTask | undefined
  all(): Iterable<LiveTask>
  /** Tasks with a seat that waits for a device. */
  waiting(): Iterable<LiveTask>
  /** @returns the task of an execution, by its work order */
  ofOrder(orderHash: string): LiveTask | undefined
  /** @returns the task of an execution, by its proof */
  ofProof(proofHash: string): LiveTask | undefined
  /** @returns the executions under way at a device, in the order of their making */
  ofDevice(deviceId: string): SeatRow[]
  /** Slots that a device's executions use. */
  busySlots(deviceId: string): number
  /** Puts a task in the place of what was known of it; one that has ended is forgotten. */
  put(task: LiveTask): void
  forget(taskId: string): void
  /** Forgets everything but these. */
  replace(tasks: readonly LiveTask[]): void
}

/** Builds an empty memory of tasks. */
export const createLiveTasks = (): LiveTasks => {
  const tasks = new Map<string, LiveTask>()
  const waiting = new Map<string, LiveTask>()
  const byOrder = new Map<string, string>()
  const byProof = new Map<string, string>()
  /** Busy slots, and tasks with an execution, by device. */
  const busy = new Map<string, number>()
  const byDevice = new Map<string, Map<string, number>>()

  const count = (deviceId: string, by: number): void => {
    const slots = (busy.get(deviceId) ?? 0) + by
    if (slots === 0) busy.delete(deviceId)
    else busy.set(deviceId, slots)
  }

  const countTask = (deviceId: string, taskId: string, by: number): void => {
    const held = byDevice.get(deviceId) ?? new Map<string, number>()
    const seats = (held.get(taskId) ?? 0) + by
    if (seats === 0) held.delete(taskId)
    else held.set(taskId, seats)
    if (held.size === 0) byDevice.delete(deviceId)
    else byDevice.set(deviceId, held)
  }

  const forget = (taskId: string): void => {
    const task = tasks.get(taskId)
    if (task === undefined) return
    tasks.delete(taskId)
    waiting.delete(taskId)
    for (const seat of task.seats) {
      if (seat.device_id === null) continue
      if (seat.order_hash !== null) byOrder.delete(seat.order_hash)
      if (seat.proof_hash !== null) byProof.delete(seat.proof_hash)
      if (isBusy(seat)) count(seat.device_id, -1)
      countTask(seat.device_id, taskId, -1)
    }
  }

  const put = (task: LiveTask): void => {
    forget(task.task_id)
    if (!isLive(task.status)) return
    tasks.set(task.task_id, task)
    for (const seat of task.seats) {
      if (seat.state === 'open') waiting.set(task.task_id, task)
      if (seat.device_id === null) continue
      if (seat.order_hash !== null) byOrder.set(seat.order_hash, task.task_id)
      if (seat.proof_hash !== null) byProof.set(seat.proof_hash, task.task_id)
      if (isBusy(seat)) count(seat.device_id, 1)
      countTask(seat.device_id, task.task_id, 1)
    }
  }

  const find = (taskId: string | undefined) => (taskId === undefined ? undefined : tasks.get(taskId))

  return {
    get size() {
      return tasks.size
    },
    get: (taskId) => tasks.get(taskId),
    all: () => tasks.values(),
    waiting: () => waiting.values(),
    ofOrder: (orderHash) => find(byOrder.get(orderHash)),
    ofProof: (proofHash) => find(byProof.get(proofHash)),
    ofDevice: (deviceId) =>
      [...(byDevice.get(deviceId)?.keys() ?? [])]
        .flatMap((taskId) => tasks.get(taskId)?.seats ?? [])
        .filter((seat) => seat.device_id === deviceId && seat.state !== 'ended' && seat.state !== 'closed')
        .toSorted((a, b) => a.id - b.id),
    busySlots: (deviceId) => busy.get(deviceId) ?? 0,
    put,
    forget,
    replace: (known) => {
      for (const map of [tasks, waiting, byOrder, byProof, busy, byDevice]) map.clear()
      for (const task of known) put(task)
    },
  }
}
