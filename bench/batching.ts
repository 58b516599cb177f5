import { measureRun } from './load/measureRun.ts'
import { parsePlans } from './load/parsePlans.ts'
import { percentiles } from './load/percentiles.ts'

/**
 * Measures what the protocol costs per task beside the inference, by the size of batches: `npm run bench -- batching`.
 * Takes the options of the bench `coordinator`. Prints one line of JSON for each size, and all of them in the last line.
 */
const DEFAULTS = ['--tasks', '512', '--batch', '1,16,256', '--devices', '8', '--slots', '8', '--no-audit']

const perTask = (value: number, tasks: number): number => Math.round(value / tasks)

const rows = []
for (const plan of parsePlans(process.argv.slice(2), DEFAULTS)) {
  const { tasks } = plan
  const { log, bytes, cpuUs, submitAckMs } = await measureRun(plan, (step) => console.error(step))
  // Each submission carries an authorisation beside its batch; each execution a signed start.
  const signatures = 2 * log.descriptorBatches + log.orderBatches + log.executions + log.attestations
  const row = {
    batch: plan.batch,
    bytes_per_task: perTask(bytes.submitting + bytes.waiting + bytes.devices, tasks),
    submitting_bytes_per_task: perTask(bytes.submitting, tasks),
    waiting_bytes_per_task: perTask(bytes.waiting, tasks),
    device_bytes_per_task: perTask(bytes.devices, tasks),
    executions_per_task: Number((log.executions / tasks).toFixed(3)),
    signatures_per_task: Number((signatures / tasks).toFixed(3)),
    proofs_per_signature: Number((log.proofs / log.attestations).toFixed(1)),
    coordinator_cpu_us_per_task: cpuUs.coordinator === undefined ? null : perTask(cpuUs.coordinator, tasks),
    submit_ack_ms: percentiles(submitAckMs),
  }
  console.log(JSON.stringify(row))
  rows.push(row)
}
console.log(JSON.stringify({ rows }))
