import { formatAmount, type TaskView } from '@gstd/sdk'
import type { Json, View } from '../output/output.ts'
import { facts, printable, table } from '../output/style.ts'
import { showOutput } from '../submit/showOutput.ts'

const timeOf = (unixMs: number): string => new Date(unixMs).toISOString().replace('T', ' ').slice(0, 19)

const explain: Record<TaskView['status'], string> = {
  queued: 'waits for a device',
  running: 'devices work on it',
  delivered: 'result is there, provisional until the auditor has signed its verdict',
  accepted: 'final; payment follows with the epoch',
  paid: 'final and paid on chain',
  failed: 'ended without a result',
  cancelled: 'cancelled before a device began',
}

/** Shows one task with its seats and results. */
export const oneTaskView = (view: TaskView): View => ({
  data: view as Json,
  human: (style) =>
    [
      facts(style, [
        ['task', view.task_id],
        ['status', `${style.bold(view.status)}: ${explain[view.status]}`],
        ['error', view.error && printable(`${view.error.code}: ${view.error.message}`)],
        ['operation', printable(`${view.operation} on ${view.model}, validated by ${view.validation}`)],
        ['created', `${timeOf(view.created_at)} UTC, no device begins after ${timeOf(view.deadline)}`],
        ['reserved', `${formatAmount(BigInt(view.reserved_nano))} TON`],
        ['charged', view.charged_nano === undefined ? undefined : `${formatAmount(BigInt(view.charged_nano))} TON`],
        ...(view.result ?? []).map((output, index) => [`result ${index + 1}`, showOutput(output)] as const),
      ]),
      ...(view.seats.length === 0
        ? []
        : [
            '',
            table(style, [
              ['ATTEMPT', 'DEVICE', 'TIME', 'STATE'],
              ...view.seats.map((seat) => [
                String(seat.attempt),
                seat.device_id,
                seat.execution_time_ms === undefined ? '' : `${Math.round(seat.execution_time_ms)} ms`,
                printable(seat.state),
              ]),
            ]),
          ]),
    ].join('\n'),
  quiet: view.status,
})

/** From this width on a task's line has room for everything. */
const WIDE = 110

const listRows = (views: readonly TaskView[], wide: boolean): string[][] => [
  ['TASK', 'STATUS', ...(wide ? ['CREATED (UTC)', 'OPERATION'] : []), 'RESULT'],
  ...views.map((view) => [
    view.task_id,
    view.status,
    ...(wide ? [timeOf(view.created_at), printable(view.operation)] : []),
    view.error === undefined ? (view.result ?? []).map(showOutput).join(' · ') : printable(view.error.code),
  ]),
]

/** Shows several tasks, a line each. */
export const taskListView = (views: readonly TaskView[], emptyText: string): View => ({
  data: { tasks: views as Json },
  human: (style) => (views.length === 0 ? emptyText : table(style, listRows(views, style.width >= WIDE))),
  quiet: views.map(({ task_id }) => task_id).join('\n'),
})
