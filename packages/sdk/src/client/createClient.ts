import { canonicalBytes } from '../canonical/canonicalJson.ts'
import type { Signer } from '../crypto/ed25519.ts'
import type { NetworkParameters } from '../documents/parameters.ts'
import { type Receipt, receiptDocument } from '../documents/receipt.ts'
import type { EscrowView, TaskStatus, TaskView } from '../documents/taskView.ts'
import { taskWaitAnswerSchema } from '../documents/taskWait.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { NetworkConfig } from '../network/networkConfig.ts'
import { taskListAnswerSchema } from './answers.ts'
import { reservationOf } from './buildTask.ts'
import type { Connection } from './connection.ts'
import { coordinatorUrl } from './coordinatorUrl.ts'
import { parseTask, readEscrow, readParameters, taskPath } from './readCalls.ts'
import { buildTasks, type SubmittedTask, submitTasks } from './submitTasks.ts'
import type { TaskInput } from './taskInput.ts'
import { createTransport, type RetryPolicy } from './transport.ts'
import { type PollTasks, type WaitOptions, waitForTasks } from './waitForTasks.ts'

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

/** What every call takes: an abort rejects with the signal's reason. */
export type CallOptions = { signal?: AbortSignal }

/** What tasks may cost at most, in nano, and how many bytes their descriptors have. */
export type Quote = { reservedNano: bigint; tariffNano: bigint; tasks: { reservedNano: bigint; bytes: number }[] }

/** A requester's connection to one coordinator. Every method throws `COORDINATOR_UNREACHABLE` when none answers. */
export type Client = {
  /**
   * Submits one task.
   *
   * @throws GstdError of intake when it is refused
   */
  submit(task: TaskInput, options?: CallOptions): Promise<SubmittedTask>
  /**
   * Submits many tasks, in signed batches.
   *
   * @returns one outcome for each task, in order; a refused one carries its error
   * @throws GstdError when nothing at all was taken
   */
  submit(tasks: readonly TaskInput[], options?: CallOptions): Promise<SubmittedTask[]>
  /** Prices tasks without submitting them. @throws GstdError for what is wrong with the tasks */
  quote(tasks: readonly TaskInput[], options?: CallOptions): Promise<Quote>
  /** @throws GstdError `TASK_UNKNOWN` */
  get(taskId: string, options?: CallOptions): Promise<TaskView>
  /** @returns the requester's tasks, the latest first. */
  list(filter?: { status?: TaskStatus; limit?: number }, options?: CallOptions): Promise<TaskView[]>
  /**
   * Waits by long polls until every task has come so far, has failed or is cancelled.
   *
   * @returns the tasks in the order of `taskIds`; a failed task does not throw
   * @throws GstdError `TASK_WAIT_TIMEOUT`; the tasks go on
   */
  wait(taskIds: readonly string[], options?: WaitOptions): Promise<TaskView[]>
  /**
   * Cancels a task that no device works on yet.
   *
   * @throws GstdError `TASK_NOT_CANCELLABLE`, `TASK_UNKNOWN`
   */
  cancel(taskId: string, options?: CallOptions): Promise<TaskView>
  /** @returns all that a third party needs to check the task; its shape is checked, its content is not. */
  receipt(taskId: string, options?: CallOptions): Promise<Receipt>
  /** @throws GstdError `ESCROW_UNKNOWN`; `PEER_ERROR` when it is not the expected escrow */
  escrow(options?: CallOptions): Promise<EscrowView>
  /** @throws GstdError `SIGNATURE_INVALID` when they are not signed by the network's coordinator, `NETWORK_MISMATCH` */
  parameters(options?: CallOptions): Promise<NetworkParameters>
}

const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 200 }
/** A long poll's answer may take as long as it says, and the way back. */
const POLL_MARGIN_MS = 15_000

const connect = (options: ClientOptions): Connection => {
  const { network, requester, sessionKey, escrow } = options
  const url = coordinatorUrl(options.coordinator ?? network.coordinator)
  const origin = { network: network.network, vault: network.vault }
  const transport = createTransport({
    url,
    origin,
    requester,
    sessionKey,
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

const submitWith = (connection: Connection): Client['submit'] => {
  const inTurn = createQueue()
  async function submit(task: TaskInput, options?: CallOptions): Promise<SubmittedTask>
  async function submit(tasks: readonly TaskInput[], options?: CallOptions): Promise<SubmittedTask[]>
  async function submit(
    tasks: TaskInput | readonly TaskInput[],
    { signal }: CallOptions = {},
  ): Promise<SubmittedTask | SubmittedTask[]> {
    if ('length' in tasks) return tasks.length === 0 ? [] : inTurn(() => submitTasks(tasks, connection, signal))
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
 * @throws GstdError `CONFIG_INVALID` for an address that is neither `https` nor on this machine
 * @example
 * const client = createClient({ network, requester, sessionKey: createSigner(seed) })
 * const { taskId } = await client.submit({ operation: 'image-moderation', model: 'nsfw-mobilenet-v2', input: bytes })
 * const [task] = await client.wait([taskId], { until: 'accepted' })
 */
export const createClient = (options: ClientOptions): Client => {
  const connection = connect(options)
  const { transport } = connection
  const read = (path: string, signal: AbortSignal | undefined): Promise<unknown> =>
    transport.json({ method: 'GET', path, signed: true, signal })

  const get: Client['get'] = async (taskId, { signal } = {}) => parseTask(await read(taskPath(taskId), signal))

  const poll: PollTasks = async (wait, signal) => {
    const body = new Uint8Array(canonicalBytes(wait))
    const timeoutMs = wait.wait_ms + POLL_MARGIN_MS
    const path = '/api/v1/tasks/wait'
    const answer = await transport.json({ method: 'POST', path, signed: true, body, timeoutMs, signal })
    return parseWith(taskWaitAnswerSchema, answer, 'PEER_ERROR', 'the tasks').tasks
  }

  return {
    submit: submitWith(connection),
    quote: async (tasks, { signal } = {}) => {
      const built = buildTasks(tasks, connection)
      const parameters = await readParameters(connection, signal)
      const quoted = built.map(({ descriptor }) => ({
        reservedNano: reservationOf(descriptor, parameters),
        bytes: canonicalBytes(descriptor).length,
      }))
      return {
        reservedNano: quoted.reduce((sum, task) => sum + task.reservedNano, 0n),
        tariffNano: BigInt(parameters.tariff_nano),
        tasks: quoted,
      }
    },
    get,
    list: async ({ status, limit } = {}, { signal } = {}) => {
      const query = new URLSearchParams({
        ...(status !== undefined && { status }),
        ...(limit !== undefined && { limit: String(limit) }),
      }).toString()
      const answer = await read(`/api/v1/tasks${query === '' ? '' : `?${query}`}`, signal)
      return parseWith(taskListAnswerSchema, answer, 'PEER_ERROR', 'the list of tasks').tasks
    },
    wait: (taskIds, waitOptions) => waitForTasks(taskIds, poll, waitOptions),
    cancel: async (taskId, { signal } = {}) => {
      try {
        await transport.json({ method: 'DELETE', path: taskPath(taskId), signed: true, signal })
      } catch (thrown) {
        if (!(thrown instanceof GstdError) || thrown.code !== 'TASK_NOT_CANCELLABLE') throw thrown
        const view = await get(taskId, signal === undefined ? {} : { signal })
        if (view.status !== 'cancelled') throw thrown
        return view
      }
      return get(taskId, signal === undefined ? {} : { signal })
    },
    receipt: async (taskId, { signal } = {}) =>
      receiptDocument.parse(await read(`${taskPath(taskId)}/receipt`, signal)),
    escrow: ({ signal } = {}) => readEscrow(connection, signal),
    parameters: ({ signal } = {}) => readParameters(connection, signal),
  }
}
