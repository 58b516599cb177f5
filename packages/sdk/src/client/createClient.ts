import { canonicalBytes } from '../canonical/canonicalJson.ts'
import type { Signer } from '../crypto/ed25519.ts'
import type { TaskView } from '../documents/taskView.ts'
import { signRequest } from '../documents/request.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { NetworkConfig } from '../network/networkConfig.ts'
import { reservationOf } from './buildTask.ts'
import { checkClientOptions, signalOf } from './checkOptions.ts'
import type { Connection } from './connection.ts'
import { coordinatorUrl } from './coordinatorUrl.ts'
import { type CallOptions, DEFAULT_RETRY, type Reader, readWith } from './createReader.ts'
import { readParameters, taskPath } from './readCalls.ts'
import { buildTasks, forEachTask, type SubmittedTask, submitTasks } from './submitTasks.ts'
import type { TaskInput } from './taskInput.ts'
import { createTransport, type RetryPolicy } from './transport.ts'

export type ClientOptions = {
  network: Pick<NetworkConfig, 'network' | 'vault' | 'coordinator_key' | 'coordinator'>
  /** Default: the network's coordinator. `https`, or `http` on this machine. */
  coordinator?: string
  /** Raw address of the requester's wallet. */
  requester: string
  /** The key that the requester set in its escrow. */
  sessionKey: Signer
  /** The requester's escrow; a coordinator that names another one is refused. */
  escrow?: string
  fetch?: typeof globalThis.fetch
  retry?: RetryPolicy
}

/** What tasks may cost at most, in nano, and how many bytes their descriptors have. */
export type Quote = { reservedNano: bigint; tariffNano: bigint; tasks: { reservedNano: bigint; bytes: number }[] }

/**
 * A requester's connection to one coordinator. Every method throws `COORDINATOR_UNREACHABLE` when none answers, and
 * `USAGE_INVALID` for an option that it does not have.
 */
export type Client = Reader & {
  /**
   * Submits one task.
   *
   * @throws GstdError when it is refused: `DESCRIPTOR_INVALID`, `LIMITS_OUT_OF_RANGE`, `DOCUMENT_TOO_LARGE` and
   * `REFERENCE_INVALID` before anything is sent, then those of intake
   */
  submit(task: TaskInput, options?: CallOptions): Promise<SubmittedTask>
  /**
   * Submits many tasks, in signed batches. A task that is wrong by itself stops none of the others.
   *
   * @returns one outcome for each task, in order; a refused one carries its error
   * @throws GstdError for what concerns all of them, such as the connection, the session key or the escrow, when
   * nothing was taken
   */
  submit(tasks: readonly TaskInput[], options?: CallOptions): Promise<SubmittedTask[]>
  /**
   * Prices tasks without submitting them.
   *
   * @throws GstdError for the first task that is wrong; `details.task_index` is its place
   */
  quote(tasks: readonly TaskInput[], options?: CallOptions): Promise<Quote>
  /**
   * Cancels a task that no device works on yet.
   *
   * @throws GstdError `TASK_NOT_CANCELLABLE`, `TASK_UNKNOWN`
   */
  cancel(taskId: string, options?: CallOptions): Promise<TaskView>
}

const connect = (options: ClientOptions): Connection => {
  checkClientOptions(options)
  const { network, requester, sessionKey, escrow } = options
  const url = coordinatorUrl(options.coordinator ?? network.coordinator)
  const origin = { network: network.network, vault: network.vault }
  const transport = createTransport({
    url,
    authorize: (method, path) =>
      signRequest({ origin, requester, signer: sessionKey, method, path, timestamp: Date.now() }),
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    retry: options.retry ?? DEFAULT_RETRY,
  })
  return { transport, url, origin, coordinatorKey: network.coordinator_key, requester, sessionKey, escrow }
}

/** Submissions of one client follow each other: each authorisation counts the tasks of the one before. */
const createQueue = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const next = last.then(run, run)
    last = next
    return next
  }
}

const isList = (tasks: TaskInput | readonly TaskInput[]): tasks is readonly TaskInput[] => Array.isArray(tasks)

const submitWith = (connection: Connection): Client['submit'] => {
  const inTurn = createQueue()
  async function submit(task: TaskInput, options?: CallOptions): Promise<SubmittedTask>
  async function submit(tasks: readonly TaskInput[], options?: CallOptions): Promise<SubmittedTask[]>
  async function submit(
    tasks: TaskInput | readonly TaskInput[],
    options?: CallOptions,
  ): Promise<SubmittedTask | SubmittedTask[]> {
    const signal = signalOf(options)
    if (isList(tasks)) return tasks.length === 0 ? [] : inTurn(() => submitTasks(tasks, connection, signal))
    const [submitted] = await inTurn(() => submitTasks([tasks], connection, signal))
    if (submitted === undefined || submitted.error !== undefined) {
      throw submitted?.error ?? new GstdError('PEER_ERROR', 'the coordinator said nothing of the task')
    }
    return submitted
  }
  return submit
}

/**
 * Makes a client for one requester, for Node 22 or newer and browsers.
 *
 * @throws GstdError `CONFIG_INVALID` for an option that is missing, wrong or unknown (`details.path`), and for an
 * address that is neither `https` nor on this machine
 * @example
 * const client = createClient({ network, requester, sessionKey: createSigner(seed) })
 * const { taskId } = await client.submit({ operation: 'image-moderation', model: 'nsfw-mobilenet-v2', input: bytes })
 * const [task] = await client.wait([taskId], { until: 'accepted' })
 */
export const createClient = (options: ClientOptions): Client => {
  const connection = connect(options)
  const { transport } = connection
  const reader = readWith(connection)

  return {
    submit: submitWith(connection),
    quote: async (tasks, call) => {
      const signal = signalOf(call)
      const built = buildTasks(tasks, connection)
      const parameters = await readParameters(connection, signal)
      const quoted = forEachTask(built, ({ descriptor }) => ({
        reservedNano: reservationOf(descriptor, parameters),
        bytes: canonicalBytes(descriptor).length,
      }))
      return {
        reservedNano: quoted.reduce((sum, task) => sum + task.reservedNano, 0n),
        tariffNano: BigInt(parameters.tariff_nano),
        tasks: quoted,
      }
    },
    ...reader,
    cancel: async (taskId, call) => {
      const signal = signalOf(call)
      try {
        await transport.json({ method: 'DELETE', path: taskPath(taskId), signed: true, signal })
      } catch (thrown) {
        if (!(thrown instanceof GstdError) || thrown.code !== 'TASK_NOT_CANCELLABLE') throw thrown
        const view = await reader.get(taskId, call)
        if (view.status !== 'cancelled') throw thrown
        return view
      }
      return reader.get(taskId, call)
    },
  }
}
