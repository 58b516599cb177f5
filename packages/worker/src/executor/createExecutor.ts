import { canonicalRuntime, findOperation, GstdError, type Operation, parseCanonicalJson, parseWith } from '@gstd/sdk'
import { z } from 'zod'
import type { CachedModel } from '../models/createModelCache.ts'
import { type RuntimeChild, spawnChild } from './spawnChild.ts'

export type ExecutorOptions = {
  /** Limit of the child's JavaScript heap, and again of the runtime's memory, in MiB. */
  memoryMb?: number
  /** How long loading a model may take, in milliseconds. */
  loadLimitMs?: number
}

export type ExecutorTask = {
  operation: string
  model: CachedModel
  params: Record<string, unknown>
  items: readonly Uint8Array[]
  /** Counts from the moment the items go to the runtime; loading the model is not part of it. */
  timeLimitMs: number
}

export type Execution = {
  /** One for each item: the operation's output, or a coded error. */
  outputs: unknown[]
  executionTimeMs: number
  cpuSeconds: number
}

/** One slot of a worker: a child process that runs one task at a time; calls wait for each other. */
export type Executor = {
  /** Process id of the child, while there is one. */
  readonly pid: number | undefined
  /**
   * Starts the child if need be and loads the model into it.
   *
   * @throws GstdError `MODEL_UNAVAILABLE` when the model cannot be loaded, `RUNTIME_TIMEOUT`, `RUNTIME_CRASHED`
   */
  prepare(model: CachedModel): Promise<void>
  /**
   * Runs a task; the same items give the same outputs, bit for bit, on every device.
   *
   * @throws GstdError `OPERATION_UNKNOWN`, `MODEL_NOT_ALLOWED`, `PARAMS_INVALID` before anything runs; then those of
   * `prepare`, `RUNTIME_TIMEOUT` at the time limit and `RUNTIME_CRASHED`. The next call starts a new child.
   */
  execute(task: ExecutorTask): Promise<Execution>
  /** Kills the child and whatever runs in it; resolves when it is gone. */
  close(): Promise<void>
}

const DEFAULT_MEMORY_MB = 1024
const DEFAULT_LOAD_LIMIT_MS = 20_000
/** Models that stay loaded in a child, the most recently used. */
const MAX_LOADED_MODELS = 2

const checkTask = ({ operation: name, model, params }: ExecutorTask): { operation: Operation; params: unknown } => {
  const operation = findOperation(name)
  if (operation === undefined) throw new GstdError('OPERATION_UNKNOWN', `this worker does not know "${name}"`)
  if (model.manifest.operation !== name) {
    throw new GstdError('MODEL_NOT_ALLOWED', `model "${model.manifest.id}" does not run "${name}"`)
  }
  return { operation, params: parseWith(operation.paramsSchema, params, 'PARAMS_INVALID', 'params') }
}

const readOutputs = (payload: Uint8Array, operation: Operation, count: number): unknown[] => {
  const schema = z.array(operation.resultItemSchema).length(count)
  return parseWith(schema, parseCanonicalJson(payload), 'RUNTIME_CRASHED', 'the result of the runtime process')
}

/**
 * Creates the executor of one slot. Its child is started with the first call, and after a crash with the next one.
 */
export const createExecutor = ({
  memoryMb = DEFAULT_MEMORY_MB,
  loadLimitMs = DEFAULT_LOAD_LIMIT_MS,
}: ExecutorOptions = {}): Executor => {
  let child: RuntimeChild | undefined
  /** Hashes of the models in the child, the least recently used first. */
  let loaded: string[] = []
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()

  const enqueue = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }

  const runningChild = async (): Promise<RuntimeChild> => {
    if (isClosed) throw new GstdError('RUNTIME_CRASHED', 'the executor is closed')
    if (child?.isRunning !== true) {
      loaded = []
      child = await spawnChild(memoryMb)
    }
    if (isClosed) {
      await child.kill()
      throw new GstdError('RUNTIME_CRASHED', 'the executor was closed')
    }
    return child
  }

  const load = async ({ manifest, hash, readFiles }: CachedModel): Promise<RuntimeChild> => {
    if (manifest.runtime.version !== canonicalRuntime.version) {
      throw new GstdError('MODEL_UNAVAILABLE', `model "${manifest.id}" needs runtime ${manifest.runtime.version}`)
    }
    const running = await runningChild()
    const [oldest] = loaded
    if (loaded.includes(hash)) {
      loaded = [...loaded.filter((other) => other !== hash), hash]
      return running
    }
    if (oldest !== undefined && loaded.length >= MAX_LOADED_MODELS) {
      await running.request({ type: 'unload', model_hash: oldest }, [], loadLimitMs)
      loaded = loaded.slice(1)
    }
    const files = await readFiles()
    const parts = manifest.files.map(({ name }) => files.get(name) ?? new Uint8Array())
    const file_bytes = parts.map((part) => part.length)
    const { reply } = await running.request(
      { type: 'load', model_hash: hash, manifest, file_bytes },
      parts,
      loadLimitMs,
    )
    if (reply.type !== 'loaded') {
      const message = reply.type === 'failed' ? reply.message : 'no such answer was expected'
      throw new GstdError('MODEL_UNAVAILABLE', `model "${manifest.id}" cannot be loaded: ${message}`)
    }
    loaded = [...loaded, hash]
    return running
  }

  const run = async (task: ExecutorTask, operation: Operation, params: unknown): Promise<Execution> => {
    const running = await load(task.model)
    const header = {
      type: 'run' as const,
      model_hash: task.model.hash,
      params: z.record(z.string(), z.unknown()).parse(params),
      item_bytes: task.items.map((item) => item.length),
    }
    const { reply, payload } = await running.request(header, task.items, task.timeLimitMs)
    if (reply.type !== 'done') {
      await running.kill()
      throw new GstdError('RUNTIME_CRASHED', reply.type === 'failed' ? reply.message : 'no such answer was expected')
    }
    return {
      outputs: readOutputs(payload, operation, task.items.length),
      executionTimeMs: reply.execution_time_ms,
      cpuSeconds: reply.cpu_seconds,
    }
  }

  return {
    get pid() {
      return child?.isRunning === true ? child.pid : undefined
    },
    prepare: (model) => enqueue(async () => void (await load(model))),
    execute: async (task) => {
      const { operation, params } = checkTask(task)
      return enqueue(() => run(task, operation, params))
    },
    close: async () => {
      isClosed = true
      await child?.kill()
      await last
    },
  }
}
