import type { Receipt, TaskView } from '@gstd/sdk'
import { formatAmount } from '@gstd/sdk'
import { z } from 'zod'
import type { DemoDevice } from './bringUp.ts'
import type { Job } from './jobs.ts'

export type DeviceReport = {
  device_id: string
  tasks: number
  earned_nano: string
  balance_before_nano: string
  balance_after_nano: string
}

/** The demo's one line of JSON. */
export type Report = {
  tasks: number
  accepted: number
  failed: number
  receipts_verified: number
  results: { task_id: string; operation: string; input: string; output: unknown }[]
  devices: DeviceReport[]
  rewards_nano: string
  fees_nano: string
  overhead_percent: number
  seconds: number
}

export type Facts = {
  jobs: readonly Job[]
  views: readonly TaskView[]
  /** Verified receipts. */
  receipts: readonly Receipt[]
  /** Rewards by device id, recomputed from the receipts. */
  earnings: ReadonlyMap<string, { tasks: number; earnedNano: bigint }>
  devices: readonly DemoDevice[]
  before: readonly bigint[]
  after: readonly bigint[]
  feesNano: bigint
  seconds: number
}

const isDone = (view: TaskView): boolean => view.status === 'accepted' || view.status === 'paid'

/** Puts together what the demo found. */
export const makeReport = (facts: Facts): Report => {
  const rewardsNano = [...facts.earnings.values()].reduce((sum, { earnedNano }) => sum + earnedNano, 0n)
  return {
    tasks: facts.views.length,
    accepted: facts.views.filter(isDone).length,
    failed: facts.views.filter((view) => !isDone(view)).length,
    receipts_verified: facts.receipts.length,
    results: facts.views.map((view, index) => ({
      task_id: view.task_id,
      operation: view.operation,
      input: facts.jobs[index]?.name ?? '',
      output: view.result?.[0] ?? view.error ?? null,
    })),
    devices: facts.devices.map(({ deviceId }, index) => ({
      device_id: deviceId,
      tasks: facts.earnings.get(deviceId)?.tasks ?? 0,
      earned_nano: (facts.earnings.get(deviceId)?.earnedNano ?? 0n).toString(),
      balance_before_nano: (facts.before[index] ?? 0n).toString(),
      balance_after_nano: (facts.after[index] ?? 0n).toString(),
    })),
    rewards_nano: rewardsNano.toString(),
    fees_nano: facts.feesNano.toString(),
    overhead_percent: rewardsNano === 0n ? 0 : Number((facts.feesNano * 1_000_000n) / rewardsNano) / 10_000,
    seconds: Math.round(facts.seconds * 10) / 10,
  }
}

const failure = z.object({ error: z.object({ message: z.string() }) })
const labelled = z.object({ label: z.string(), scores: z.record(z.string(), z.number()) })

const describe = (output: unknown): string => {
  if (typeof output !== 'object' || output === null) return String(output)
  if ('text' in output) return JSON.stringify(output.text)
  const failed = failure.safeParse(output)
  if (failed.success) return `no result: ${failed.data.error.message}`
  const found = labelled.safeParse(output)
  if (found.success) return `${found.data.label} ${((found.data.scores[found.data.label] ?? 0) * 100).toFixed(1)} %`
  return JSON.stringify(output)
}

const ton = (nano: string): string => `${formatAmount(BigInt(nano))} TON`

/** All nine decimals, so that amounts line up. */
const inColumn = (nano: string): string => nano.padStart(10, '0').replace(/(?=\d{9}$)/, '.')

/** Sets rows in columns, the first two to the left, numbers to the right. */
const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    ['', ...row]
      .map((cell, column) =>
        column < 3 ? cell.padEnd(widths[column - 1] ?? 0) : cell.padStart(widths[column - 1] ?? 0),
      )
      .join('  '),
  )
}

/** Writes the report for people. */
export const renderReport = (report: Report, devices: readonly DemoDevice[]): string => {
  const widest = Math.max(...report.results.map(({ input }) => input.length))
  const results = report.results.map(
    ({ input, operation, output }) => `  ${input.padEnd(widest)}  ${operation.padEnd(16)}  ${describe(output)}`,
  )
  const pay = [
    ['device', '', 'tasks', 'earned', 'wallet before', 'wallet after'],
    ...report.devices.map((device, index) => [
      devices[index]?.name ?? '',
      `${device.device_id.slice(0, 8)}…`,
      String(device.tasks),
      ...[device.earned_nano, device.balance_before_nano, device.balance_after_nano].map(inColumn),
    ]),
  ]
  return [
    'What the models found',
    ...results,
    '',
    'What the devices earned in TON, by receipts and by their wallets on chain',
    ...columns(pay),
    '',
    `${report.accepted} of ${report.tasks} tasks accepted, ${report.receipts_verified} receipts verified without the coordinator.`,
    `Rewards ${ton(report.rewards_nano)}, fees of all chain messages ${ton(report.fees_nano)} (${report.overhead_percent} %).`,
    `${report.seconds} s.`,
  ].join('\n')
}
