import type { Connections } from '../devices/connections.ts'
import type { Heads } from '../log/heads.ts'
import type { Journal } from '../log/journal.ts'
import { COUNTED_STATES } from '../payments/readEpochBefore.ts'
import type { Standing } from '../recovery/createStanding.ts'
import type { Instruments } from './createInstruments.ts'
import { readLogged } from './readLogged.ts'

export type MetricsOptions = {
  instruments: Instruments
  journal: Journal
  heads: Heads
  connections: Connections
  standing: Pick<Standing, 'isOpen'>
}

export type Metrics = {
  readonly contentType: string
  /** @returns all metrics in Prometheus' text format; what the database does not tell is as it was last */
  read(): Promise<string>
}

type PaymentCounts = { charges: number; commits: number; epoch: number }

const PAYMENTS_SQL = `SELECT (SELECT count(*) FROM charges WHERE state = 'open') AS charges,
  (SELECT count(*) FROM commits WHERE state IN ('open', 'landed')) AS commits,
  (SELECT coalesce(max(epoch), 0) FROM commits WHERE state IN ${COUNTED_STATES}) AS epoch`

/** Builds what `GET /metrics` answers. Sums over memory and database are made when they are asked for. */
export const createMetrics = ({ instruments, journal, heads, connections, standing }: MetricsOptions): Metrics => {
  let entriesRead = journal.tree.size
  let entriesSeen = journal.tree.size
  journal.onAppend(() => {
    instruments.transactionEntries.observe(journal.tree.size - entriesSeen)
    entriesSeen = journal.tree.size
  })

  const readMemory = (): void => {
    instruments.liveTasks.reset()
    let seats = 0
    for (const task of journal.live.all()) {
      instruments.liveTasks.inc({ status: task.status, method: task.method })
      for (const { state } of task.seats) if (state === 'open') seats += 1
    }
    const connected = connections.all()
    const sum = (count: (connection: (typeof connected)[number]) => number): number =>
      connected.reduce((total, connection) => total + count(connection), 0)
    instruments.queuedSeats.set(seats)
    instruments.devices.set(connected.length)
    instruments.slots.set(sum(({ state }) => state.slots))
    instruments.busySlots.set(sum(({ deviceId }) => journal.live.busySlots(deviceId)))
    instruments.logSize.set(journal.tree.size)
    instruments.headSize.set(heads.size)
    instruments.headLag.set(journal.tree.size - heads.size)
    instruments.isOpen.set(standing.isOpen ? 1 : 0)
  }

  const readDatabase = async (): Promise<void> => {
    const { size } = journal.tree
    await readLogged(journal, entriesRead, size, instruments)
    entriesRead = size
    const [payments] = await journal.query<PaymentCounts>(PAYMENTS_SQL)
    if (payments === undefined) return
    instruments.openCharges.set(payments.charges)
    instruments.openCommits.set(payments.commits)
    instruments.epoch.set(payments.epoch)
  }

  let reading: Promise<string> | undefined
  const read = async (): Promise<string> => {
    try {
      // A database that is away is counted by its errors; the rest is told all the same.
      await readDatabase().catch(() => undefined)
      readMemory()
      return await instruments.registry.metrics()
    } finally {
      reading = undefined
    }
  }
  return {
    contentType: instruments.registry.contentType,
    read: () => (reading ??= read()),
  }
}
