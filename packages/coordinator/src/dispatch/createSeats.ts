import { type CoordinatorMessage, type DeviceMessage, GstdError } from '@gstd/sdk'
import type { NetworkParameters, SeatEndReason } from '@gstd/sdk'
import type { Connection, Connections } from '../devices/connections.ts'
import type { LiveTasks } from '../live/createLiveTasks.ts'
import type { Journal, LiveUnit } from '../log/journal.ts'
import { acknowledge, commit, start } from '../seats/advanceSeat.ts'
import { checkStarted, checkUnavailable } from '../seats/checkNotices.ts'
import { attest, checkAttestation } from '../seats/attest.ts'
import type { Effect } from '../seats/effects.ts'
import { endSeat } from '../seats/endSeat.ts'
import { findSeat, isHeld } from '../seats/findSeat.ts'
import { isPastOrder } from '../seats/isPastOrder.ts'
import { requestReveals, reveal } from '../seats/reveal.ts'
import { type HeldSeat, isBusy, type SeatState } from '../seats/seatRow.ts'
import { decideTask } from '../validator/decideTask.ts'

export type SeatsOptions = {
  journal: Journal
  connections: Connections
  parameters: NetworkParameters
  parametersHash: string
  clock: () => number
  /** Called whenever a seat may have been opened or a device become free. */
  onChange: () => void
}

/** What devices say, turned into transitions: each one transaction, told to devices once it is on disk. */
export type Seats = {
  /**
   * Checks a message and takes it: what a device says next is decided upon it, before it is on disk.
   *
   * @returns when it is on disk, and told
   */
  handle(connection: Connection, message: DeviceMessage): Promise<{ written: Promise<void> }>
  /** Ends what is overdue. */
  sweep(): Promise<void>
  /** Shortens the waiting for a device whose connection has ended. */
  lose(connection: Connection): Promise<void>
  /** Tells a device that came back what is waiting for it. */
  resume(connection: Connection): Promise<void>
}

const overdueReason: Partial<Record<SeatState, SeatEndReason>> = {
  dispatched: 'no_ack',
  acknowledged: 'no_start',
  started: 'time_out',
  revealing: 'no_reveal',
  revealed: 'no_attestation',
}

const isOverdue = (seat: HeldSeat, nowMs: number): boolean => seat.due_at !== null && seat.due_at <= nowMs

/** What a device that has come back is told: whether it still has its orders is not known here. */
const messagesFor = (live: LiveTasks, deviceId: string): CoordinatorMessage[] => {
  const seats = live.ofDevice(deviceId)
  const orders = seats.filter(isBusy).flatMap((seat): CoordinatorMessage[] => {
    const { work_order: order, order_batch: batch, order_inclusion: inclusion } = seat
    const data = live.get(seat.task_id)?.inline_data
    if (order === null || batch === null || inclusion === null || data === undefined) return []
    return [{ type: 'order', order, batch, inclusion, data }]
  })
  const reveals = seats.flatMap(({ state, order_hash }): CoordinatorMessage[] =>
    state === 'revealing' && order_hash !== null ? [{ type: 'reveal_request', order_hash }] : [],
  )
  const isUnsigned = seats.some(({ state }) => state === 'revealed')
  return [...orders, ...reveals, ...(isUnsigned ? [{ type: 'attest_request' } as const] : [])]
}

export const createSeats = (options: SeatsOptions): Seats => {
  const { journal, connections, parameters, parametersHash, clock, onChange } = options
  const { timing } = parameters
  const origin = { network: parameters.network, vault: parameters.vault }

  const decide = (unit: LiveUnit, taskId: string): Effect[] =>
    decideTask(unit, taskId, { parameters, parametersHash, nowMs: clock() })

  /** After a seat ended, others may be due to reveal, or the task may be lost. */
  const settle = (unit: LiveUnit, taskId: string): Effect[] => [
    ...requestReveals(unit, taskId, clock(), timing),
    ...decide(unit, taskId),
  ]

  /** @param frees - whether a device may have become free, or a task have come further */
  const transition = async (work: (unit: LiveUnit) => Effect[], frees = true): Promise<void> => {
    const effects = await journal.apply(work)
    const told = new Set<string>()
    for (const { deviceId, message } of effects) {
      const once = message.type === 'attest_request' ? deviceId : undefined
      if (once !== undefined && told.has(once)) continue
      if (once !== undefined) told.add(once)
      connections.send(deviceId, message)
    }
    if (frees) onChange()
  }

  const end = (deviceId: string, orderHash: string, reason: SeatEndReason) =>
    transition((unit) => {
      const seat = findSeat(unit, deviceId, orderHash)
      return isBusy(seat) ? [...endSeat(unit, seat, reason), ...settle(unit, seat.task_id)] : []
    })

  /** What takes time and asks nothing of what is stored. */
  const check = async ({ deviceId, deviceKey }: Connection, message: DeviceMessage): Promise<void> => {
    if (message.type === 'started') {
      const { order_hash, started_at, signature } = message
      await checkStarted(deviceKey, { ...origin, device_id: deviceId, order_hash, started_at }, signature)
    }
    if (message.type === 'attest') await checkAttestation(deviceKey, message, parameters)
    if (message.type === 'input_unavailable') {
      const { order_hash, item, signature } = message
      await checkUnavailable(deviceKey, { ...origin, device_id: deviceId, order_hash, item }, signature)
    }
    if (message.type === 'hello' || message.type === 'authenticate') {
      throw new GstdError('MESSAGE_INVALID', 'the device is authenticated already')
    }
  }

  const take = async (connection: Connection, message: DeviceMessage): Promise<void> => {
    const { deviceId } = connection
    switch (message.type) {
      case 'ack':
        return transition((unit) => acknowledge(unit, deviceId, message.order_hash, clock(), timing), false)
      case 'started':
        return transition((unit) => start(unit, deviceId, message.order_hash, clock(), timing), false)
      case 'commit':
        return transition((unit) => {
          const done = commit(unit, deviceId, message.order_hash, message.commitment, clock())
          return [...done.effects, ...requestReveals(unit, done.taskId, clock(), timing)]
        })
      case 'reveal':
        return transition((unit) => {
          const done = reveal(unit, deviceId, message, clock(), timing)
          return [...done.effects, ...decide(unit, done.taskId)]
        })
      case 'attest':
        return transition((unit) => {
          const done = attest(unit, deviceId, message)
          return [...done.effects, ...done.taskIds.flatMap((taskId) => decide(unit, taskId))]
        })
      case 'input_unavailable':
        return end(deviceId, message.order_hash, 'input_unavailable')
      case 'failed':
      case 'refuse':
        return end(deviceId, message.order_hash, 'device_error')
      case 'heartbeat':
        connection.state = message.state
        return onChange()
      case 'hello':
      case 'authenticate':
    }
  }

  /** A device that speaks of a task that has ended is told so; of one it never had, that it is unknown. */
  const tellOfPast = async (connection: Connection, message: DeviceMessage, thrown: unknown): Promise<void> => {
    if (!(thrown instanceof GstdError) || thrown.code !== 'ORDER_UNKNOWN' || !('order_hash' in message)) throw thrown
    const { order_hash } = message
    if (!(await isPastOrder(journal, connection.deviceId, order_hash))) throw thrown
    connections.send(connection.deviceId, { type: 'dropped', order_hash, reason: 'task_ended' })
  }

  const handle: Seats['handle'] = async (connection, message) => {
    await check(connection, message)
    return { written: take(connection, message).catch((thrown: unknown) => tellOfPast(connection, message, thrown)) }
  }

  const endOverdue = (unit: LiveUnit, { id, task_id: taskId }: HeldSeat): Effect[] => {
    const seat = unit.task(taskId)?.seats.find((candidate) => candidate.id === id)
    if (seat === undefined || !isHeld(seat) || !isOverdue(seat, clock())) return []
    const reason = overdueReason[seat.state]
    return [...(reason === undefined ? [] : endSeat(unit, seat, reason)), ...settle(unit, taskId)]
  }

  const sweep = async (): Promise<void> => {
    const nowMs = clock()
    const overdue: HeldSeat[] = []
    const expired: string[] = []
    for (const { task_id, seats, dispatch_until } of journal.live.all()) {
      for (const seat of seats) if (isHeld(seat) && isOverdue(seat, nowMs)) overdue.push(seat)
      if (dispatch_until <= nowMs && seats.some(({ state }) => state === 'open')) expired.push(task_id)
    }
    await Promise.all([
      ...overdue.map((seat) => transition((unit) => endOverdue(unit, seat))),
      ...expired.map((taskId) => transition((unit) => decide(unit, taskId))),
    ])
  }

  const resume = async ({ deviceId, send }: Connection): Promise<void> => {
    const messages = await journal.apply(() => messagesFor(journal.live, deviceId))
    for (const message of messages) send(message)
  }
  journal.onReload(() => {
    // Where this fails, the next reload tries again.
    for (const connection of connections.all()) resume(connection).catch(() => undefined)
  })

  return {
    handle,
    sweep,
    lose: ({ deviceId }) =>
      journal.apply((unit) => {
        for (const seat of journal.live.ofDevice(deviceId)) {
          if (!isHeld(seat) || seat.due_at === null) continue
          const limitMs = seat.work_order.constraints.time_limit_sec * 1000 + timing.grace_ms
          unit.touch(seat, { due_at: Math.min(seat.due_at, clock() + limitMs) })
        }
      }),
    resume,
  }
}
