import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogEntry, parseLogEntry } from '@gstd/sdk'
import { bringUp } from '../examples/demo/bringUp.ts'
import { createProcesses } from '../examples/demo/processes.ts'

/**
 * Measures what the network adds to an execution, on a whole network of real processes on this machine: tasks go
 * through one at a time, each executed by two of three idle devices. The times are the log's: accepted, dispatched,
 * started (committed less what the coordinator observed), committed. Prints one line of JSON; milliseconds.
 */
const TASKS = 40
const WARM_UP = 4

const percentile = (values: readonly number[], fraction: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * fraction)] ?? 0
const spread = (values: readonly number[]) => ({ p50: percentile(values, 0.5), p95: percentile(values, 0.95) })

const readLog = async (coordinator: string): Promise<LogEntry[]> => {
  const entries: LogEntry[] = []
  for (;;) {
    const answer = await fetch(`${coordinator}/api/v1/log?from=${entries.length}&limit=1000`)
    const page: { entries: unknown[] } = await answer.json()
    if (page.entries.length === 0) return entries
    entries.push(...page.entries.map(parseLogEntry))
  }
}

const stateDir = await mkdtemp(join(tmpdir(), 'gstd-bench-latency-'))
const processes = createProcesses(stateDir)
try {
  const { client, network } = await bringUp(processes, stateDir, (step) => console.error(step))
  const input = await readFile(new URL('../examples/lines/train.png', import.meta.url))
  const measured: { taskId: string; seenMs: number; executionMs: number }[] = []
  for (let index = 0; index < WARM_UP + TASKS; index++) {
    const startedMs = performance.now()
    const { taskId } = await client.submit({ operation: 'ocr', model: 'pp-ocrv4-rec', input, rewardTon: '0.001' })
    const [view] = await client.wait([taskId])
    const seenMs = performance.now() - startedMs
    const executionMs = Math.max(...(view?.seats ?? []).map(({ execution_time_ms }) => execution_time_ms ?? 0))
    if (index >= WARM_UP) measured.push({ taskId, seenMs, executionMs })
  }
  const log = await readLog(network.coordinator)
  const acceptedAt = new Map<string, number>()
  const dispatchedAt = new Map<string, number>()
  const toDispatch: number[] = []
  const toStart: number[] = []
  const wanted = new Set(measured.map(({ taskId }) => taskId))
  for (const { kind, body, at } of log) {
    if (kind === 'task') acceptedAt.set(body.descriptor.task_id, at)
    if (kind === 'dispatch' && wanted.has(body.order.task_id)) {
      dispatchedAt.set(`${body.order.task_id}/${body.order.attempt}`, at)
      toDispatch.push(at - (acceptedAt.get(body.order.task_id) ?? at))
    }
    if (kind === 'commitment' && wanted.has(body.task_id)) {
      toStart.push(at - body.observed_ms - (acceptedAt.get(body.task_id) ?? at))
    }
  }
  const ratios = measured.map(({ seenMs, executionMs }) => seenMs / executionMs)
  console.log(
    JSON.stringify({
      tasks: TASKS,
      accepted_to_dispatched_ms: spread(toDispatch),
      accepted_to_started_ms: spread(toStart),
      submitted_to_delivered_ms: spread(measured.map(({ seenMs }) => Math.round(seenMs))),
      execution_ms: spread(measured.map(({ executionMs }) => Math.round(executionMs))),
      delivered_to_execution_ratio: Number(percentile(ratios, 0.5).toFixed(2)),
    }),
  )
} finally {
  await processes.stop()
  await rm(stateDir, { recursive: true, force: true })
}
