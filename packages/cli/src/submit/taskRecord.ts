import { formatAmount, GstdError, reviveError, type SubmittedTask, type TaskView } from '@gstd/sdk'
import type { Json, View } from '../output/output.ts'
import { printable, type Style, table } from '../output/style.ts'
import { showOutput } from './showOutput.ts'

/** One submitted task, as far as this run of the command knows it. */
export type TaskRecord = { names: readonly string[]; submitted: SubmittedTask; view: TaskView | undefined }

/** @returns the status, `refused` for what intake did not take. */
export const statusOf = ({ submitted, view }: TaskRecord): string =>
  submitted.status === 'refused' ? 'refused' : (view?.status ?? 'queued')

/** @returns why a task was refused or failed. */
export const errorOf = ({ submitted, view }: TaskRecord): GstdError | undefined => {
  if (submitted.error !== undefined) return submitted.error
  if (view?.error !== undefined) return reviveError(view.error)
  return view?.status === 'failed' ? new GstdError('PEER_ERROR', 'the task failed without a reason') : undefined
}

const toJson = (record: TaskRecord): Json => {
  const { submitted, view, names } = record
  return {
    task_id: submitted.taskId,
    inputs: names,
    status: statusOf(record),
    reserved_nano: submitted.reservedNano.toString(),
    charged_nano: view?.charged_nano,
    result: view?.result as Json | undefined,
    result_hash: view?.result_hash,
    error: errorOf(record)?.toDocument() as Json | undefined,
  }
}

const rowsOf = (record: TaskRecord): string[][] => {
  const status = statusOf(record)
  const error = errorOf(record)
  if (error !== undefined)
    return record.names.map((name) => [printable(name), status, printable(`${error.code}: ${error.message}`)])
  return record.names.map((name, index) => {
    const output = record.view?.result?.[index]
    return [printable(name), status, output === undefined ? record.submitted.taskId : showOutput(output)]
  })
}

const paintStatus = (style: Style) => (text: string, column: number) => {
  if (column !== 1) return text
  if (/^(?:failed|refused|cancelled)/.test(text)) return style.bad(text)
  return /^(?:delivered|accepted|paid)/.test(text) ? style.good(text) : text
}

/** Shows what became of submitted tasks: one row for each input. */
export const tasksView = (records: readonly TaskRecord[], seconds: number, failure?: GstdError): View => {
  const reservedNano = records
    .filter(({ submitted }) => submitted.status === 'accepted')
    .reduce((sum, { submitted }) => sum + submitted.reservedNano, 0n)
  const counts = Map.groupBy(records, statusOf)
  const summary = [...counts].map(([status, of]) => `${of.length} ${status}`).join(', ')
  return {
    data: {
      tasks: records.map(toJson),
      reserved_nano: reservedNano.toString(),
      seconds: Math.round(seconds * 10) / 10,
      error: failure?.toDocument() as Json | undefined,
    },
    human: (style) =>
      [
        table(style, [['INPUT', 'STATUS', 'RESULT'], ...records.flatMap(rowsOf)], paintStatus(style)),
        '',
        `${records.length} ${records.length === 1 ? 'task' : 'tasks'} in ${seconds.toFixed(1)} s: ${summary}; at most ${formatAmount(reservedNano)} TON`,
        ...(failure === undefined ? [] : [style.warn(failure.message)]),
        ...(counts.has('delivered')
          ? [
              style.dim(
                'Delivered results are provisional until the auditor has signed: --until accepted waits for it.',
              ),
            ]
          : []),
      ].join('\n'),
    quiet: records.map(({ submitted }) => submitted.taskId).join('\n'),
    failure: failure ?? records.map(errorOf).find((error) => error !== undefined),
  }
}
