import { readFile } from 'node:fs/promises'
import { type Client, GstdError, type TaskInput } from '@gstd/sdk'
import type { View } from '../output/output.ts'
import { defineCommand } from '../program/command.ts'
import type { Context } from '../program/context.ts'
import {
  asDurationMs,
  asInteger,
  asNumber,
  asOneOf,
  asText,
  asTon,
  flag,
  optional,
  type OptionValues,
  repeated,
  required,
  withDefault,
} from '../program/option.ts'
import { timeoutOption, untilOption, walletOption } from '../program/sharedOptions.ts'
import { openClient } from '../session/openClient.ts'
import { expandInputs } from './expandInputs.ts'
import { writeLastTasks } from './history.ts'
import { chunkTasks, type PackedTask, packTasks } from './packTasks.ts'
import { parseParam } from './parseParams.ts'
import { quoteView } from './quoteView.ts'
import { readableBy, resolveModel } from './resolveModel.ts'
import { sayInFlags } from './sayInFlags.ts'
import { type TaskRecord, tasksView } from './taskRecord.ts'
import { waitForRecords } from './waitForRecords.ts'

const options = {
  operation: required({ flags: '--operation <name>', summary: 'what to compute, such as ocr', parse: asText }),
  model: optional({ flags: '--model <id>', summary: 'which model (default: the operation’s only one)', parse: asText }),
  input: repeated({
    flags: '--input <path|url>',
    summary: 'file, directory, https or ipfs address, or - for stdin; may be repeated',
    parse: asText,
  }),
  itemsPerTask: withDefault(
    { flags: '--items-per-task <n>', summary: 'inputs that share one task and its time', parse: asInteger(1, 256) },
    '1',
  ),
  param: repeated({
    flags: '--param <key=value>',
    summary: 'parameter of the operation; may be repeated',
    parse: parseParam,
  }),
  validation: withDefault(
    {
      flags: '--validation <method>',
      summary: 'reference (re-executed) or majority (several devices vote)',
      parse: asOneOf(['reference', 'majority', 'ai_check', 'human']),
    },
    'reference',
  ),
  redundancy: optional({
    flags: '--redundancy <n>',
    summary: 'majority: answers asked for, 3 to 15',
    parse: asInteger(3, 15),
  }),
  maxDevices: optional({
    flags: '--max-devices <n>',
    summary: 'majority: devices asked at most',
    parse: asInteger(3, 15),
  }),
  reward: withDefault(
    { flags: '--reward <ton>', summary: 'base reward of each agreeing device', parse: asTon },
    '0.01',
  ),
  timeLimit: withDefault(
    { flags: '--time-limit <duration>', summary: 'time for a task, 1s to 5s', parse: asDurationMs },
    '5s',
  ),
  maxEnergy: withDefault(
    { flags: '--max-energy <mwh>', summary: 'energy for a task, 1 to 50 mWh', parse: asNumber(1, 50) },
    '20',
  ),
  deadline: optional({
    flags: '--deadline <duration>',
    summary: 'no device begins after this time (default: 10m)',
    parse: asDurationMs,
  }),
  knownAnswer: optional({
    flags: '--known-answer <file>',
    summary: 'JSON array with the expected output of each input of the one task',
    parse: asText,
  }),
  wallet: walletOption,
  wait: flag('--wait', 'wait for the results (this is the default)'),
  detach: flag('--detach', 'return as soon as the tasks are taken in'),
  until: untilOption,
  timeout: timeoutOption,
  dryRun: flag('--dry-run', 'check and price the tasks, send nothing'),
}

type SubmitOptions = OptionValues<typeof options>
const readKnownAnswer = async (file: string): Promise<unknown[]> => {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new GstdError('USAGE_INVALID', `--known-answer: ${file} is not a JSON file that can be read`, { cause })
  }
  if (!Array.isArray(value)) throw new GstdError('USAGE_INVALID', `--known-answer: ${file} holds no JSON array`)
  return value
}

const sharedOf = async (values: SubmitOptions, model: string): Promise<Omit<TaskInput, 'input'>> => ({
  operation: values.operation,
  model,
  params: Object.fromEntries(values.param),
  validation: values.validation,
  rewardTon: values.reward,
  timeLimitSec: values.timeLimit / 1000,
  maxEnergyMwh: values.maxEnergy,
  ...(values.redundancy !== undefined && { redundancy: values.redundancy }),
  ...(values.maxDevices !== undefined && { maxDevices: values.maxDevices }),
  ...(values.deadline !== undefined && { deadline: Date.now() + values.deadline }),
  ...(values.knownAnswer !== undefined && { knownAnswer: await readKnownAnswer(values.knownAnswer) }),
})

const checkUsage = (values: SubmitOptions): void => {
  if (values.input.length === 0)
    throw new GstdError('USAGE_INVALID', '--input is missing', { hint: 'name a file or a directory' })
  if (values.wait && values.detach) throw new GstdError('USAGE_INVALID', '--wait and --detach exclude each other')
  const ofMajority = values.redundancy !== undefined || values.maxDevices !== undefined
  if (ofMajority && values.validation !== 'majority') {
    throw new GstdError('USAGE_INVALID', '--redundancy and --max-devices belong to --validation majority')
  }
}

/** Submits chunk after chunk. @returns what was taken in, and what stopped the rest */
const submitAll = async (tasks: readonly PackedTask[], client: Client, context: Context, wallet: string) => {
  const records: TaskRecord[] = []
  try {
    for (const chunk of chunkTasks(tasks)) {
      const loaded = await Promise.all(chunk.map(({ load }) => load()))
      const submitted = await client.submit(loaded, { signal: context.signal })
      const named = submitted.map((task, index) => ({
        names: chunk[index]?.names ?? [],
        submitted: { ...task, ...(task.error !== undefined && { error: sayInFlags(task.error) }) },
        view: undefined,
      }))
      records.push(...named)
      const taken = records.filter(({ submitted: { status } }) => status === 'accepted')
      await writeLastTasks(
        context.stateDir,
        wallet,
        taken.map(({ submitted: { taskId } }) => taskId),
      )
    }
  } catch (thrown) {
    if (!(thrown instanceof GstdError) || records.length === 0) throw thrown
    return { records, failure: sayInFlags(thrown) }
  }
  return { records, failure: undefined }
}

const run = async (context: Context, values: SubmitOptions): Promise<View> => {
  checkUsage(values)
  const startedMs = performance.now()
  const { signal } = context
  const { client, network } = await openClient(context, values.wallet)
  const model = resolveModel(await client.parameters({ signal }), values.operation, values.model)
  const inputs = await expandInputs(values.input, {
    signal,
    allowLoopback: network.name === 'devnet',
    stdin: process.stdin,
    accepts: readableBy(model),
    note: context.output.note,
  })
  const tasks = packTasks(inputs, await sharedOf(values, model.id), values.itemsPerTask)
  if (values.knownAnswer !== undefined && tasks.length !== 1) {
    throw new GstdError('USAGE_INVALID', `--known-answer is for one task, these inputs make ${tasks.length}`, {
      hint: `pack them with --items-per-task ${inputs.length}`,
    })
  }
  if (values.dryRun) {
    const loaded = await Promise.all(tasks.map(({ load }) => load()))
    return quoteView(tasks, await client.quote(loaded, { signal }))
  }
  const { records, failure } = await submitAll(tasks, client, context, values.wallet)
  const secondsSince = (): number => (performance.now() - startedMs) / 1000
  if (values.detach || failure !== undefined) return tasksView(records, secondsSince(), failure)
  const waited = await waitForRecords(records, { context, client, until: values.until, timeoutMs: values.timeout })
  return tasksView(waited.records, secondsSince(), waited.failure)
}

/** `gstd submit`: one task for each input, or packed. */
export const submitCommand = defineCommand({
  name: 'submit',
  summary: 'submit tasks and wait for their results',
  description:
    'Submits one task for each input (--items-per-task packs several into one) and waits for the results. A directory stands for the files in it. The reward is held in escrow and paid to devices whose results agree; what validation does not use is released.',
  options,
  examples: [
    'gstd submit --operation ocr --input line.png',
    'gstd submit --operation ocr --input line.png --until accepted',
    'gstd submit --operation image-moderation --input photos/ --validation majority',
    'gstd submit --operation ocr --input lines/ --items-per-task 4 --dry-run',
  ],
  run: async (context, values) => {
    try {
      return await run(context, values)
    } catch (thrown) {
      throw thrown instanceof GstdError ? sayInFlags(thrown) : thrown
    }
  },
})
