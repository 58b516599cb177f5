import { sha256 } from '@gstd/sdk'
import type { Connections } from '../devices/connections.ts'
import type { Journal } from '../log/journal.ts'
import { matchSeats, type WaitingSeat } from '../matcher/matchSeats.ts'
import { rankSeats } from '../queue/rankSeats.ts'
import { readFreeDevices } from './readDevices.ts'
import { readQueue } from './readQueue.ts'
import { type OrderContext, writeOrders } from './writeOrders.ts'

export type DispatcherOptions = OrderContext & { journal: Journal; connections: Connections }

export type Dispatcher = {
  /** Gives waiting seats to free devices: one signature for all orders of the tick. */
  tick(): Promise<void>
}

/** Lots for `majority`: from the log's root before the dispatch, which nobody can choose. */
const drawFrom = (root: Uint8Array) => (seat: WaitingSeat) => {
  const seed = sha256(root, new TextEncoder().encode(`${seat.taskId}/${seat.id}`))
  return new DataView(seed.buffer).getUint32(0) / 2 ** 32
}

/** Runs a job whenever asked, never two at a time; asked while it runs, it runs once more. */
const oneAtATime = (job: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  let again = false
  const run = async (): Promise<void> => {
    do {
      again = false
      await job()
    } while (again)
  }
  return () => {
    again = true
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }
}

/** Builds the dispatcher. */
export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { journal, connections, parameters, clock } = options
  const { weights, independence } = parameters
  let dispatched = 0

  const dispatch = async (): Promise<void> => {
    const devices = readFreeDevices(journal, connections.all(), clock())
    if (devices.length === 0) return
    const queued = await readQueue(journal, journal.live, clock(), parameters.attempts_per_seat)
    if (queued.length === 0) return
    const ranked = rankSeats(queued, clock(), dispatched, weights.priority)
    const root = journal.tree.size === 0 ? new Uint8Array(32) : journal.tree.root()
    const rules = { weights: weights.device_score, independence, draw: drawFrom(root) }
    const assignments = matchSeats(ranked, devices, rules)
    if (assignments.length === 0) return
    dispatched += assignments.length
    const orders = await journal.write((unit) => writeOrders(unit, assignments, options))
    for (const message of orders) connections.send(message.order.device_id, message)
  }
  return { tick: oneAtATime(dispatch) }
}
