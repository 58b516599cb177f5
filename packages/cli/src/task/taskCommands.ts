import { GstdError, taskStatuses } from '@gstd/sdk'
import type { Json } from '../output/output.ts'
import { defineCommand } from '../program/command.ts'
import { asInteger, asOneOf, asText, flag, optional, withDefault } from '../program/option.ts'
import { timeoutOption, untilOption, walletOption } from '../program/sharedOptions.ts'
import { openClient } from '../session/openClient.ts'
import { openReader } from '../session/openReader.ts'
import { writeJsonFile } from '../state/jsonFile.ts'
import { readLastTasks } from '../submit/history.ts'
import { oneTaskView, taskListView } from './taskView.ts'

const argument = { name: '<task>', summary: 'id of a task, or "last" for what was submitted last' }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** @returns ids that a selector means. @throws GstdError `USAGE_INVALID`, `TASK_UNKNOWN` */
const select = async (selector: string, stateDir: string, wallet: string): Promise<string[]> => {
  if (UUID.test(selector)) return [selector]
  if (selector !== 'last') {
    throw new GstdError('USAGE_INVALID', `"${selector}" is neither a task’s id nor "last"`, {
      hint: 'ids look like 8f14e45f-ceea-467f-a83e-1c3a2d4b5c6d',
    })
  }
  const last = await readLastTasks(stateDir, wallet)
  if (last.length === 0) throw new GstdError('TASK_UNKNOWN', `wallet "${wallet}" has submitted nothing from here yet`)
  return last
}

const selectOne = async (selector: string, stateDir: string, wallet: string): Promise<string> => {
  const [only, ...others] = await select(selector, stateDir, wallet)
  if (only !== undefined && others.length === 0) return only
  throw new GstdError('USAGE_INVALID', `"last" means ${others.length + 1} tasks here: name one by its id`, {
    details: { next: 'gstd task get last' },
  })
}

export const taskList = defineCommand({
  name: 'task list',
  summary: 'show your tasks, the latest first',
  options: {
    status: optional({
      flags: '--status <status>',
      summary: 'only tasks of this status',
      parse: asOneOf(taskStatuses),
    }),
    limit: withDefault({ flags: '--limit <n>', summary: 'how many', parse: asInteger(1, 1000) }, '20'),
    wallet: walletOption,
  },
  examples: ['gstd task list --status failed'],
  run: async (context, { status, limit, wallet }) => {
    const reader = await openReader(context, wallet)
    const { signal } = context
    const views = await reader.list({ limit, ...(status !== undefined && { status }) }, { signal })
    return taskListView(views, status === undefined ? 'No tasks yet.' : `No tasks are ${status}.`)
  },
})

export const taskGet = defineCommand({
  name: 'task get',
  summary: 'show a task, its devices and its results',
  argument,
  options: {
    wallet: walletOption,
    wait: flag('--wait', 'wait until it has come to --until, has failed or is cancelled'),
    until: untilOption,
    timeout: timeoutOption,
  },
  examples: ['gstd task get last', 'gstd task get last --wait --until paid'],
  run: async (context, { wallet, wait, until, timeout }, selector) => {
    const reader = await openReader(context, wallet)
    const { signal } = context
    const taskIds = await select(selector, context.stateDir, wallet)
    const views = wait
      ? await reader.wait(taskIds, { until, timeoutMs: timeout, signal })
      : await Promise.all(taskIds.map((taskId) => reader.get(taskId, { signal })))
    const [only] = views
    return selector === 'last' && views.length !== 1 ? taskListView(views, '') : only && oneTaskView(only)
  },
})

export const taskCancel = defineCommand({
  name: 'task cancel',
  summary: 'cancel a task that no device works on yet',
  argument,
  options: { wallet: walletOption },
  examples: ['gstd task cancel 8f14e45f-ceea-467f-a83e-1c3a2d4b5c6d'],
  run: async (context, { wallet }, selector) => {
    const { client } = await openClient(context, wallet)
    const taskId = await selectOne(selector, context.stateDir, wallet)
    return oneTaskView(await client.cancel(taskId, { signal: context.signal }))
  },
})

export const taskReceipt = defineCommand({
  name: 'task receipt',
  summary: 'get the proofs of a task, for anybody to check',
  argument,
  options: {
    wallet: walletOption,
    file: optional({ flags: '--file <path>', summary: 'write the receipt into this file', parse: asText }),
  },
  examples: ['gstd task receipt last --file receipt.json'],
  run: async (context, { wallet, file }, selector) => {
    const reader = await openReader(context, wallet)
    const taskId = await selectOne(selector, context.stateDir, wallet)
    const receipt = await reader.receipt(taskId, { signal: context.signal })
    if (file !== undefined) await writeJsonFile(file, receipt, 'private')
    return {
      data: file === undefined ? (receipt as Json) : { task_id: taskId, file, seats: receipt.seats.length },
      human: () =>
        file === undefined
          ? JSON.stringify(receipt, undefined, 2)
          : `Receipt of ${taskId} with ${receipt.seats.length} ${receipt.seats.length === 1 ? 'execution' : 'executions'} written to ${file}.`,
      quiet: file ?? JSON.stringify(receipt),
    }
  },
})
