import { GstdError } from '../errors/GstdError.ts'
import { groupIntoBatches, type MeasuredTask, measureTask } from './buildSubmission.ts'
import { type BuiltTask, buildTask, type PriceParameters, reservationOf } from './buildTask.ts'
import type { Connection } from './connection.ts'
import { readParameters } from './readCalls.ts'
import { type ItemOutcome, sendBatch } from './sendBatch.ts'
import type { TaskInput } from './taskInput.ts'

/** A task as intake took or refused it. */
export type SubmittedTask = {
  /** The caller's, or a new one. */
  taskId: string
  status: 'accepted' | 'refused'
  /** Whether intake had it already. */
  repeated: boolean
  /** The most it may cost, in nano; 0 for a task that is wrong by itself and was not sent. */
  reservedNano: bigint
  /** Why it was refused. */
  error?: GstdError
}

/** Makes the descriptors of one call, all of one moment, no two of them with the same id. */
const createBuilder = (connection: Connection) => {
  const context = {
    origin: connection.origin,
    requester: { address: connection.requester, public_key: connection.sessionKey.publicKey },
    spoolUri: (sha256Hex: string) => `${connection.url}/api/v1/blobs/${sha256Hex}`,
    nowMs: Date.now(),
  }
  const taskIds = new Set<string>()
  return (task: TaskInput): MeasuredTask => {
    const measured = measureTask(buildTask(task, context))
    const { task_id } = measured.task.descriptor
    if (taskIds.has(task_id)) {
      throw new GstdError('TASK_CONFLICT', `another task of this call has the id ${task_id}`, {
        details: { task_id, path: 'taskId' },
      })
    }
    taskIds.add(task_id)
    return measured
  }
}

/**
 * Does something with each of several tasks.
 *
 * @throws GstdError for the first task that is wrong; `details.task_index` is its place
 */
export const forEachTask = <Task, Result>(tasks: readonly Task[], run: (task: Task) => Result): Result[] =>
  tasks.map((task, index) => {
    try {
      return run(task)
    } catch (thrown) {
      if (!(thrown instanceof GstdError)) throw thrown
      const { code, message, details, hint } = thrown
      throw new GstdError(code, tasks.length === 1 ? message : `task ${index}: ${message}`, {
        details: { ...details, task_index: index },
        ...(hint !== undefined && { hint }),
        cause: thrown,
      })
    }
  })

/**
 * Gives every task its descriptor.
 *
 * @throws GstdError for the first task that is wrong; `details.task_index` is its place
 */
export const buildTasks = (tasks: readonly TaskInput[], connection: Connection): BuiltTask[] => {
  if (!Array.isArray(tasks)) throw new GstdError('USAGE_INVALID', 'expected a list of tasks', { details: { path: '' } })
  const build = createBuilder(connection)
  return forEachTask<TaskInput, BuiltTask>(tasks, (task) => build(task).task)
}

const refused = (taskId: string, error: GstdError): SubmittedTask => ({
  taskId,
  status: 'refused',
  repeated: false,
  reservedNano: 0n,
  error,
})

/** A task that is wrong by itself is refused here, and does not keep the others from being sent. */
const buildOrRefuse = (tasks: readonly TaskInput[], connection: Connection): (MeasuredTask | SubmittedTask)[] => {
  const build = createBuilder(connection)
  return tasks.map((task) => {
    try {
      return build(task)
    } catch (thrown) {
      if (!(thrown instanceof GstdError)) throw thrown
      const given: unknown = (task as TaskInput | null | undefined)?.taskId
      return refused(typeof given === 'string' ? given : crypto.randomUUID(), thrown)
    }
  })
}

/** @returns why a task has no price: this network does not offer its validation. */
const priceRefusal = ({ descriptor }: BuiltTask, parameters: PriceParameters): GstdError | undefined => {
  try {
    reservationOf(descriptor, parameters)
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof GstdError)) throw thrown
    return thrown
  }
}

const toSubmitted = (
  { descriptor }: BuiltTask,
  parameters: PriceParameters,
  { repeated, error }: ItemOutcome,
): SubmittedTask => ({
  taskId: descriptor.task_id,
  status: error === undefined ? 'accepted' : 'refused',
  repeated,
  reservedNano: reservationOf(descriptor, parameters),
  ...(error !== undefined && { error }),
})

/** Sends tasks batch after batch; what follows a batch that was refused as a whole is not sent, and has its error. */
const sendAll = async (
  tasks: readonly MeasuredTask[],
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<Map<BuiltTask, SubmittedTask>> => {
  const submitted = new Map<BuiltTask, SubmittedTask>()
  if (tasks.length === 0) return submitted
  const parameters = await readParameters(connection, signal)
  const priced = tasks.filter(({ task }) => {
    const error = priceRefusal(task, parameters)
    if (error !== undefined) submitted.set(task, refused(task.descriptor.task_id, error))
    return error === undefined
  })
  let refusal: GstdError | undefined
  for (const [index, batch] of groupIntoBatches(priced).entries()) {
    let outcomes = new Map<string, ItemOutcome>()
    try {
      if (refusal === undefined) outcomes = await sendBatch(batch, parameters, connection, signal)
    } catch (thrown) {
      if (!(thrown instanceof GstdError) || index === 0) throw thrown
      refusal = thrown
    }
    for (const task of batch) {
      const error = refusal ?? new GstdError('PEER_ERROR', 'the coordinator said nothing of this task')
      const outcome = outcomes.get(task.descriptor.task_id) ?? { repeated: false, error }
      submitted.set(task, toSubmitted(task, parameters, outcome))
    }
  }
  return submitted
}

/**
 * Submits tasks, batch after batch.
 *
 * @returns one outcome for each task, in order; what is wrong with one task is that task's error, and tasks of a batch
 * that was refused as a whole, and of those after it, carry its error
 * @throws GstdError when the first batch is refused as a whole: nothing was taken
 */
export const submitTasks = async (
  tasks: readonly TaskInput[],
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<SubmittedTask[]> => {
  const built = buildOrRefuse(tasks, connection)
  const sent = await sendAll(
    built.filter((task) => 'task' in task),
    connection,
    signal,
  )
  return built.flatMap((task) => ('task' in task ? (sent.get(task.task) ?? []) : [task]))
}
