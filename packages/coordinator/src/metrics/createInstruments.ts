import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Everything this process counts and measures. Labels have few values, all known beforehand. */
export type Instruments = ReturnType<typeof createInstruments>

const FAST_SEC = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SLOW_SEC = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]
const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]

/** Builds the instruments in a registry of their own: several coordinators in one process do not meet. */
export const createInstruments = () => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers })
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name, help, buckets, labelNames, registers })

  return {
    registry,
    liveTasks: gauge('gstd_tasks', 'Tasks that have not ended', ['status', 'method']),
    queuedSeats: gauge('gstd_queue_seats', 'Seats that wait for a device'),
    endedTasks: counter('gstd_tasks_ended_total', 'Tasks that have ended', ['status', 'method']),
    submittedTasks: counter('gstd_submitted_tasks_total', 'Tasks of submissions, by outcome', ['outcome', 'code']),
    refusedBatches: counter('gstd_refused_submissions_total', 'Submissions refused as a whole', ['code']),
    submitSec: histogram('gstd_submit_seconds', 'From a submission to its outcomes', FAST_SEC),
    dispatchSec: histogram('gstd_dispatch_seconds', 'From a task’s intake to the first order for it', SLOW_SEC),
    orders: counter('gstd_orders_total', 'Work orders sent to devices'),
    devices: gauge('gstd_devices', 'Devices that are connected'),
    slots: gauge('gstd_device_slots', 'Slots that connected devices offer'),
    busySlots: gauge('gstd_device_slots_busy', 'Slots of connected devices with an execution'),
    logSize: gauge('gstd_log_entries', 'Entries in the log'),
    logged: counter('gstd_logged_entries_total', 'Entries logged since the start, by kind', ['kind']),
    headSize: gauge('gstd_head_entries', 'Entries that the auditor’s newest head covers'),
    headLag: gauge('gstd_head_lag_entries', 'Entries that the auditor has not signed yet'),
    openCharges: gauge('gstd_charges_open', 'Charges that have not landed on chain'),
    openCommits: gauge('gstd_commits_open', 'Commits that are not paid out'),
    epoch: gauge('gstd_epoch', 'The newest epoch on chain that was not vetoed'),
    isOpen: gauge('gstd_writes', '1 while the coordinator writes, 0 while it waits for the auditor or has stopped'),
    transactionSec: histogram('gstd_transaction_seconds', 'From the begin of a transaction to its commit', FAST_SEC),
    transactionEntries: histogram('gstd_transaction_entries', 'Log entries that one transaction has written', SIZES),
    databaseErrors: counter('gstd_database_errors_total', 'Statements and transactions that failed', ['code']),
    requestSec: histogram('gstd_http_request_seconds', 'HTTP requests by route and status', FAST_SEC, [
      'method',
      'route',
      'status',
    ]),
  }
}
