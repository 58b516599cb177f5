import { type Client, GstdError, type TaskView, type WaitUntil } from '@gstd/sdk'
import { type Context, Interruption } from '../program/context.ts'
import { printable } from '../output/style.ts'
import { statusOf, type TaskRecord } from './taskRecord.ts'

export type WaitForRecordsOptions = { context: Context; client: Client; until: WaitUntil; timeoutMs: number }

/**
 * Waits for submitted tasks and shows how they get on: a live view on a terminal, a line for each change elsewhere.
 *
 * @returns the records with what is known of each task; `failure` when the time ran out
 */
export const waitForRecords = async (
  records: readonly TaskRecord[],
  { context, client, until, timeoutMs }: WaitForRecordsOptions,
): Promise<{ records: TaskRecord[]; failure?: GstdError }> => {
  const { output, signal } = context
  const views = new Map<string, TaskView>()
  const current = (): TaskRecord[] =>
    records.map((record) => ({ ...record, view: views.get(record.submitted.taskId) ?? record.view }))
  const taken = records
    .filter(({ submitted }) => submitted.status === 'accepted')
    .map(({ submitted }) => submitted.taskId)
  const progress = output.interactive ? (await import('./showProgress.tsx')).showProgress(current()) : undefined
  const onUpdate = (view: TaskView): void => {
    views.set(view.task_id, view)
    if (progress !== undefined) return progress.update(current())
    const record = current().find(({ submitted }) => submitted.taskId === view.task_id)
    if (record === undefined || output.mode !== 'human') return
    output.note(`${statusOf(record)} ${view.task_id} ${record.names.map(printable).join(', ')}`)
  }
  try {
    const ended = await client.wait(taken, { until, timeoutMs, onUpdate, signal })
    for (const view of ended) views.set(view.task_id, view)
    progress?.close()
    return { records: current() }
  } catch (thrown) {
    progress?.close()
    if (thrown instanceof Interruption)
      output.note(`the tasks go on: ${context.commandLine('gstd task get last --wait')}`)
    if (!(thrown instanceof GstdError) || thrown.code !== 'TASK_WAIT_TIMEOUT') throw thrown
    return { records: current(), failure: thrown }
  }
}
