import { canonicalBytes, canonicalJson, itemError } from '@gstd/sdk'
import { ItemFailure } from '../images/ItemFailure.ts'
import { findImplementation } from '../operations/findImplementation.ts'
import type { RunItem } from '../operations/implementation.ts'
import { type Frame, splitPayload } from './frame.ts'
import type { Network, Runtime } from './loadRuntime.ts'
import { type ExecutorReply, type ExecutorRequest, requestSchema } from './messages.ts'

type Loaded = { network: Network; runItem: RunItem }
type Params = Readonly<Record<string, unknown>>
type Answer = { reply: ExecutorReply; payload?: Uint8Array }
type Request<Type extends ExecutorRequest['type']> = Extract<ExecutorRequest, { type: Type }>

/** Lets the process notice that its input was closed; a task of many items would hide it until its end. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * The child's side of the executor: keeps networks, runs tasks. Throws for what makes a whole task impossible; an
 * item that cannot be processed is an output like any other.
 */
export const createTaskRunner = (runtime: Runtime): ((frame: Frame) => Promise<Answer>) => {
  const models = new Map<string, Loaded>()

  const load = async ({ manifest, model_hash, file_bytes }: Request<'load'>, payload: Uint8Array): Promise<Answer> => {
    const implementation = findImplementation(manifest.operation)
    if (implementation === undefined) throw new Error(`no operation ${manifest.operation}`)
    if (canonicalJson(implementation.preprocessing) !== canonicalJson(manifest.preprocessing)) {
      throw new Error(`the model's preprocessing is not the one of this version`)
    }
    if (manifest.runtime.version !== runtime.version) {
      throw new Error(`the model asks for runtime ${manifest.runtime.version}, this is ${runtime.version}`)
    }
    const parts = splitPayload(payload, file_bytes)
    const files = new Map(manifest.files.map(({ name }, index) => [name, parts[index] ?? new Uint8Array()]))
    const network = [...files].find(([name]) => name.endsWith('.onnx'))?.[1]
    if (network === undefined) throw new Error('the model has no .onnx file')
    models.set(model_hash, {
      network: await runtime.load(network, manifest.runtime.graph_optimization),
      runItem: implementation.prepare(files),
    })
    return { reply: { type: 'loaded' } }
  }

  const unload = async ({ model_hash }: Request<'unload'>): Promise<Answer> => {
    const model = models.get(model_hash)
    models.delete(model_hash)
    await model?.network.release()
    return { reply: { type: 'unloaded' } }
  }

  const runOne = async ({ network, runItem }: Loaded, item: Uint8Array, params: Params): Promise<unknown> => {
    try {
      return await runItem(item, network.run, params)
    } catch (error) {
      if (error instanceof ItemFailure) return itemError(error.code, error.message)
      throw error
    }
  }

  const run = async ({ model_hash, params, item_bytes }: Request<'run'>, payload: Uint8Array): Promise<Answer> => {
    const model = models.get(model_hash)
    if (model === undefined) throw new Error('the model is not loaded')
    const startedAtMs = performance.now()
    const startedCpu = process.cpuUsage()
    const outputs: unknown[] = []
    for (const item of splitPayload(payload, item_bytes)) {
      outputs.push(await runOne(model, item, params))
      await breathe()
    }
    const cpu = process.cpuUsage(startedCpu)
    return {
      reply: {
        type: 'done',
        execution_time_ms: performance.now() - startedAtMs,
        cpu_seconds: (cpu.user + cpu.system) / 1e6,
      },
      payload: canonicalBytes(outputs),
    }
  }

  return async ({ header, payload }) => {
    const request = requestSchema.parse(header)
    if (request.type === 'load') return load(request, payload)
    if (request.type === 'unload') return unload(request)
    return run(request, payload)
  }
}
