import { canonicalBytes } from '../canonical/canonicalJson.ts'
import type { NetworkParameters } from '../documents/parameters.ts'
import { type Receipt, receiptDocument } from '../documents/receipt.ts'
import { epochListAnswerSchema, type EpochView } from '../documents/epochView.ts'
import type { EscrowView, TaskStatus, TaskView } from '../documents/taskView.ts'
import { taskWaitAnswerSchema } from '../documents/taskWait.ts'
import { parseWith } from '../errors/fromZodError.ts'
import type { NetworkConfig } from '../network/networkConfig.ts'
import { taskListAnswerSchema } from './answers.ts'
import { checkEpochFilter, checkListFilter, checkReaderOptions, checkWait, signalOf } from './checkOptions.ts'
import type { ReadConnection } from './connection.ts'
import { coordinatorUrl } from './coordinatorUrl.ts'
import { parseTask, readEscrow, readParameters, taskPath } from './readCalls.ts'
import { createTransport, type RetryPolicy } from './transport.ts'
import { type PollTasks, type WaitOptions, waitForTasks } from './waitForTasks.ts'

/** What every call takes: an abort rejects with the signal's reason. */
export type CallOptions = { signal?: AbortSignal }

/**
 * What a requester may read. Every method throws `COORDINATOR_UNREACHABLE` when no coordinator answers, and
 * `USAGE_INVALID` for an option that it does not have.
 */
export type Reader = {
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
  /** @returns all that a third party needs to check the task; its shape is checked, its content is not. */
  receipt(taskId: string, options?: CallOptions): Promise<Receipt>
  /** @throws GstdError `ESCROW_UNKNOWN`; `PEER_ERROR` when it is not the expected escrow */
  escrow(options?: CallOptions): Promise<EscrowView>
  /**
   * Reads what paid epochs have paid and cost, as the coordinator counts it.
   *
   * @param filter - those before an epoch, 100 of them unless `limit` says otherwise (1 to 1,000)
   * @returns the newest first
   */
  epochs(filter?: { before?: number; limit?: number }, options?: CallOptions): Promise<EpochView[]>
  /** @throws GstdError `SIGNATURE_INVALID` when they are not signed by the network's coordinator, `NETWORK_MISMATCH` */
  parameters(options?: CallOptions): Promise<NetworkParameters>
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 200 }
/** A long poll's answer may take as long as it says, and the way back. */
const POLL_MARGIN_MS = 15_000

const queryOf = (filter: Record<string, string | number | undefined>): string => {
  const given = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** Makes the reads of a connection. */
export const readWith = (connection: ReadConnection): Reader => {
  const { transport } = connection
  const read = (path: string, signal: AbortSignal | undefined): Promise<unknown> =>
    transport.json({ method: 'GET', path, signed: true, signal })

  const poll: PollTasks = async (wait, signal) => {
    const body = new Uint8Array(canonicalBytes(wait))
    const timeoutMs = wait.wait_ms + POLL_MARGIN_MS
    const path = '/api/v1/tasks/wait'
    const answer = await transport.json({ method: 'POST', path, signed: true, body, timeoutMs, signal })
    return parseWith(taskWaitAnswerSchema, answer, 'PEER_ERROR', 'the tasks').tasks
  }

  return {
    get: async (taskId, options) => parseTask(await read(taskPath(taskId), signalOf(options))),
    list: async (filter = {}, options) => {
      checkListFilter(filter)
      const signal = signalOf(options)
      const answer = await read(`/api/v1/tasks${queryOf(filter)}`, signal)
      return parseWith(taskListAnswerSchema, answer, 'PEER_ERROR', 'the list of tasks').tasks
    },
    wait: async (taskIds, options = {}) => {
      checkWait(taskIds, options)
      return waitForTasks(taskIds, poll, options)
    },
    receipt: async (taskId, options) =>
      receiptDocument.parse(await read(`${taskPath(taskId)}/receipt`, signalOf(options))),
    escrow: async (options) => readEscrow(connection, signalOf(options)),
    epochs: async (filter = {}, options) => {
      checkEpochFilter(filter)
      const path = `/api/v1/epochs${queryOf(filter)}`
      const answer = await transport.json({ method: 'GET', path, signal: signalOf(options) })
      return parseWith(epochListAnswerSchema, answer, 'PEER_ERROR', 'the list of epochs').epochs
    },
    parameters: async (options) => readParameters(connection, signalOf(options)),
  }
}

export type ReaderOptions = {
  network: Pick<NetworkConfig, 'network' | 'vault' | 'coordinator_key' | 'coordinator'>
  /** Default: the network's coordinator. `https`, or `http` on this machine. */
  coordinator?: string
  /** Of `requestReadToken`. */
  token: { readonly token: string; readonly requester: string }
  fetch?: typeof globalThis.fetch
  retry?: RetryPolicy
}

/**
 * Makes a reader for a requester who has a token instead of a session key.
 *
 * @throws GstdError `CONFIG_INVALID` for an option that is missing, wrong or unknown (`details.path`), and for an
 * address that is neither `https` nor on this machine
 * @example
 * const token = await requestReadToken({ coordinator, prove: (challenge) => proveWallet({ ...wallet, ...challenge }) })
 * const tasks = await createReader({ network, token }).list()
 */
export const createReader = (options: ReaderOptions): Reader => {
  checkReaderOptions(options)
  const { network, token } = options
  const url = coordinatorUrl(options.coordinator ?? network.coordinator)
  const transport = createTransport({
    url,
    authorize: async () => `Bearer ${token.token}`,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    retry: options.retry ?? DEFAULT_RETRY,
  })
  const origin = { network: network.network, vault: network.vault }
  const coordinatorKey = network.coordinator_key
  return readWith({ transport, url, origin, coordinatorKey, requester: token.requester, escrow: undefined })
}
