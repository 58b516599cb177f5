import { type LoadPlan } from './load/LoadPlan.ts'
import { measureRun, type RunFigures } from './load/measureRun.ts'
import { parsePlans } from './load/parsePlans.ts'
import { percentiles } from './load/percentiles.ts'

/**
 * Measures the coordinator under load: `npm run bench -- coordinator [options]`. It runs as `gstd coordinator start`
 * runs it, over a real chain and a filled escrow; devices and requesters are simulated in two processes of their own,
 * with real keys, signatures and connections. Prints one line of JSON for each run, and all of them in the last line.
 */
const round = (value: number, digits = 0): number => Number(value.toFixed(digits))

const toRow = (plan: LoadPlan, { log, ...figures }: RunFigures) => {
  const perTask = (value: number | undefined) => (value === undefined ? null : round(value / plan.tasks))
  return {
    database: plan.database,
    validation: plan.validation,
    executions_per_task: round(log.executions / plan.tasks, 3),
    devices: plan.devices,
    descriptors_per_signature: round(plan.tasks / log.descriptorBatches, 1),
    proofs_per_signature: round(log.proofs / log.attestations, 1),
    tasks: plan.tasks,
    tasks_per_second: round((plan.tasks / log.durationMs) * 1000, 1),
    rate: plan.ratePerSecond ?? null,
    create_to_dispatch_ms: percentiles(log.createToDispatchMs),
    submit_ack_ms: percentiles(figures.submitAckMs),
    cpu_us_per_task: {
      coordinator: perTask(figures.cpuUs.coordinator),
      database: perTask(figures.cpuUs.database),
      load: perTask(figures.cpuUs.load),
    },
    auditor_tasks_per_second:
      figures.auditorTasksPerSecond === undefined ? null : round(figures.auditorTasksPerSecond, 1),
    rss_mb: figures.peakMib ?? null,
    dropped: figures.dropped,
  }
}

const runs = []
for (const plan of parsePlans(process.argv.slice(2))) {
  const row = toRow(plan, await measureRun(plan, (step) => console.error(step)))
  console.log(JSON.stringify(row))
  runs.push(row)
}
console.log(JSON.stringify({ runs }))
