import { type DeviceMessage, inputUnavailableDocument, GstdError, verifySignature } from '@gstd/sdk'
import type { Inclusion, NetworkParameters, SeatEndReason, SignedBatch, WorkOrder } from '@gstd/sdk'
import type { Connection, Connections } from '../devices/connections.ts'
import type { Journal, Unit } from '../log/journal.ts'
import { acknowledge, checkStarted, commit, start } from '../seats/advanceSeat.ts'
import { attest, checkAttestation } from '../seats/attest.ts'
import type { Effect } from '../seats/effects.ts'
import { endSeat } from '../seats/endSeat.ts'
import { findSeat } from '../seats/findSeat.ts'
import { requestReveals, reveal } from '../seats/reveal.ts'
import { busyStates, type HeldSeat, type SeatState } from '../seats/seatRow.ts'
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
  handle(connection: Connection, message: DeviceMessage): Promise<void>
  /** Ends what is overdue. */
  sweep(): Promise<void>
  /** After a restart: gives devices time to come back before anything counts as late. */
  grantGrace(): Promise<void>
  /** Shortens the waiting for a device whose connection has ended. */
  lose(connection: Connection): Promise<void>
  /** Tells a device that came back what is waiting for it. */
  resume(connection: Connection): Promise<void>
}

type GivenOrder = {
  work_order: WorkOrder
  order_batch: SignedBatch
  order_inclusion: Inclusion
  inline_data: (string | null)[]
}

/** Time for devices to find back to a restarted coordinator: the longest pause between their attempts, and some. */
const RESTART_GRACE_MS = 25_000

const overdueReason: Partial<Record<SeatState, SeatEndReason>> = {
  dispatched: 'no_ack',
  acknowledged: 'no_start',
  started: 'time_out',
  revealing: 'no_reveal',
  revealed: 'no_attestation',
}

export const createSeats = (options: SeatsOptions): Seats => {
  const { journal, connections, parameters, parametersHash, clock, onChange } = options
  const { timing } = parameters
  const origin = { network: parameters.network, vault: parameters.vault }

  const decide = (unit: Unit, taskId: string): Promise<Effect[]> =>
    decideTask(unit, taskId, { parameters, parametersHash, nowMs: clock() })

  /** After a seat ended, others may be due to reveal, or the task may be lost. */
  const settle = async (unit: Unit, taskId: string): Promise<Effect[]> => [
    ...(await requestReveals(unit, taskId, clock(), timing)),
    ...(await decide(unit, taskId)),
  ]

  /** @param frees - whether a device may have become free, or a task have come further */
  const transition = async (work: (unit: Unit) => Promise<Effect[]>, frees = true): Promise<void> => {
    const effects = await journal.write(work)
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
    transition(async (unit) => {
      const seat = await findSeat(unit, deviceId, orderHash)
      const running = ['dispatched', 'acknowledged', 'started'].includes(seat.state)
      return running ? [...(await endSeat(unit, seat, reason)), ...(await settle(unit, seat.task_id))] : []
    })

  const inputUnavailable = async (
    { deviceId, deviceKey }: Connection,
    message: Extract<DeviceMessage, { type: 'input_unavailable' }>,
  ) => {
    const { order_hash, item } = message
    const hash = inputUnavailableDocument.hash({ version: 1, ...origin, device_id: deviceId, order_hash, item })
    if (!(await verifySignature(deviceKey, hash, message.signature))) {
      throw new GstdError('SIGNATURE_INVALID', '`input_unavailable` is not signed by the device key')
    }
    await end(deviceId, order_hash, 'input_unavailable')
  }

  const handle = async (connection: Connection, message: DeviceMessage): Promise<void> => {
    const { deviceId, deviceKey } = connection
    switch (message.type) {
      case 'ack':
        return transition((unit) => acknowledge(unit, deviceId, message.order_hash, clock(), timing), false)
      case 'started': {
        const { order_hash, started_at, signature } = message
        await checkStarted(deviceKey, { ...origin, device_id: deviceId, order_hash, started_at }, signature)
        return transition((unit) => start(unit, deviceId, order_hash, clock(), timing), false)
      }
      case 'commit':
        return transition(async (unit) => {
          const done = await commit(unit, deviceId, message.order_hash, message.commitment, clock())
          return [...done.effects, ...(await requestReveals(unit, done.taskId, clock(), timing))]
        })
      case 'reveal':
        return transition(async (unit) => {
          const done = await reveal(unit, deviceId, message, clock(), timing)
          return [...done.effects, ...(await decide(unit, done.taskId))]
        })
      case 'attest':
        await checkAttestation(deviceKey, message, parameters)
        return transition(async (unit) => {
          const done = await attest(unit, deviceId, message)
          const decided: Effect[] = []
          for (const taskId of done.taskIds) decided.push(...(await decide(unit, taskId)))
          return [...done.effects, ...decided]
        })
      case 'input_unavailable':
        return inputUnavailable(connection, message)
      case 'failed':
      case 'refuse':
        return end(deviceId, message.order_hash, 'device_error')
      case 'heartbeat':
        connection.state = message.state
        return onChange()
      case 'hello':
      case 'authenticate':
        throw new GstdError('MESSAGE_INVALID', 'the device is authenticated already')
    }
  }

  const endOverdue = (unit: Unit, seat: HeldSeat): Promise<Effect[]> => {
    const reason = overdueReason[seat.state]
    return reason === undefined ? Promise.resolve([]) : endSeat(unit, seat, reason)
  }

  const sweep = async (): Promise<void> => {
    const overdue = await journal.query<HeldSeat>('SELECT * FROM seats WHERE due_at <= $1 LIMIT 256', [clock()])
    for (const { order_hash, device_id } of overdue) {
      await transition(async (unit) => {
        const seat = await findSeat(unit, device_id, order_hash)
        if (seat.due_at === null || seat.due_at > clock()) return []
        return [...(await endOverdue(unit, seat)), ...(await settle(unit, seat.task_id))]
      })
    }
    const expired = await journal.query<{ task_id: string }>(
      `SELECT DISTINCT task_id FROM seats JOIN tasks USING (task_id) WHERE seats.state = 'open' AND dispatch_until <= $1
       LIMIT 256`,
      [clock()],
    )
    for (const { task_id } of expired) await transition((unit) => decide(unit, task_id))
  }

  return {
    handle,
    sweep,
    grantGrace: async () => {
      await journal.write((unit) =>
        unit.query('UPDATE seats SET due_at = greatest(due_at, $1) WHERE due_at IS NOT NULL', [
          clock() + RESTART_GRACE_MS,
        ]),
      )
    },
    lose: async ({ deviceId }) => {
      await journal.write((unit) =>
        unit.query(
          `UPDATE seats SET due_at = least(due_at,
             $2 + ((work_order->'constraints'->>'time_limit_sec')::float8 * 1000)::int8 + $3)
           WHERE device_id = $1 AND due_at IS NOT NULL`,
          [deviceId, clock(), timing.grace_ms],
        ),
      )
    },
    resume: async ({ deviceId, send }) => {
      // Whether the device got its order, or still has it after a restart of its own, is not known here.
      const orders = await journal.query<GivenOrder>(
        `SELECT work_order, order_batch, order_inclusion, inline_data FROM seats JOIN tasks USING (task_id)
         WHERE device_id = $1 AND state = ANY($2) ORDER BY seats.id`,
        [deviceId, busyStates],
      )
      for (const { work_order: order, order_batch: batch, order_inclusion: inclusion, inline_data: data } of orders) {
        send({ type: 'order', order, batch, inclusion, data })
      }
      const rows = await journal.query<{ order_hash: string; state: SeatState }>(
        `SELECT order_hash, state FROM seats WHERE device_id = $1 AND state IN ('revealing', 'revealed')`,
        [deviceId],
      )
      for (const { order_hash, state } of rows) {
        if (state === 'revealing') send({ type: 'reveal_request', order_hash })
      }
      if (rows.some(({ state }) => state === 'revealed')) send({ type: 'attest_request' })
    },
  }
}
