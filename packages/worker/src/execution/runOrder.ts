import { GstdError, maxMessageBytes, type Origin, type Proof, type Signer, startedDocument } from '@gstd/sdk'
import type { CoordinatorClock } from '../connection/createCoordinatorClock.ts'
import type { EnergyMeter } from '../energy/energyMeter.ts'
import type { Executor } from '../executor/createExecutor.ts'
import { fetchInputs, type InputSources } from '../inputs/fetchInputs.ts'
import type { ModelCache } from '../models/createModelCache.ts'
import type { FinishedAnswer } from '../outbox/outboxRecord.ts'
import { type Answer, buildAnswer } from './buildAnswer.ts'
import type { VerifiedOrder } from './verifyOrder.ts'

export type RunContext = {
  origin: Origin
  deviceId: string
  signer: Signer
  clock: CoordinatorClock
  models: ModelCache
  meter: EnergyMeter
  sources: InputSources
}

export type RunOptions = {
  executor: Executor
  /** Aborts preparation when the order is dropped. */
  signal: AbortSignal
  /** How long inputs and model may take. */
  prepareMs: number
  /** Tells the coordinator that the clock runs; the task runs once this resolves. */
  onStarted(started: FinishedAnswer['started']): Promise<void>
}

/** Room for the rest of a `reveal` message beside its result. */
const REVEAL_OVERHEAD_BYTES = 16 * 1024

const energyMethods: readonly Proof['energy_method'][] = ['rapl', 'battery', 'pmic', 'cpu-time']

const loadModel = async (verified: VerifiedOrder, models: ModelCache, executor: Executor, signal: AbortSignal) => {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () =>
    aborted.reject(new GstdError('MODEL_UNAVAILABLE', `${verified.order.model} did not arrive in time`))
  signal.addEventListener('abort', onAbort, { once: true })
  const load = async () => {
    const model = await models.load(verified.manifest)
    await executor.prepare(model)
    return model
  }
  try {
    return await Promise.race([load(), aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const checkSize = (result: readonly unknown[]): void => {
  const bytes = Buffer.byteLength(JSON.stringify(result))
  const limitBytes = maxMessageBytes - REVEAL_OVERHEAD_BYTES
  if (bytes > limitBytes) {
    throw new GstdError('DOCUMENT_TOO_LARGE', `the result has ${bytes} bytes`, {
      details: { bytes, limit_bytes: limitBytes },
    })
  }
}

/**
 * Executes an order: inputs and model, `started`, the operation, and the answer with its proof.
 *
 * @throws InputError when an input is not there or not what its hash says
 * @throws GstdError `MODEL_UNAVAILABLE`, `RUNTIME_TIMEOUT`, `RUNTIME_CRASHED` and others of the executor
 */
export const runOrder = async (verified: VerifiedOrder, context: RunContext, options: RunOptions): Promise<Answer> => {
  const { order, orderHash, data } = verified
  const { origin, deviceId, clock, meter } = context
  const { executor } = options
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(options.prepareMs)])
  const [items, model] = await Promise.all([
    fetchInputs(order.input, data, context.sources, deadline),
    loadModel(verified, context.models, executor, deadline),
  ])

  const startedAt = clock.now()
  const notice = { version: 1 as const, ...origin, device_id: deviceId, order_hash: orderHash, started_at: startedAt }
  const started = { started_at: startedAt, signature: await context.signer.sign(startedDocument.hash(notice)) }
  await options.onStarted(started)

  const measurement = meter.start()
  const { outputs, executionTimeMs, cpuSeconds } = await executor.execute({
    operation: order.operation,
    model,
    params: order.params,
    items,
    timeLimitMs: order.constraints.time_limit_sec * 1000,
  })
  const energyMwh = measurement.stop({ cpuSeconds, durationMs: executionTimeMs })
  checkSize(outputs)
  return buildAnswer({
    verified,
    deviceId,
    started,
    result: outputs,
    figures: {
      executionTimeMs,
      energyMwh,
      energyMethod: energyMethods.find((method) => method === meter.method) ?? 'cpu-time',
      energyUncertainty: meter.uncertainty,
    },
    nowMs: clock.now(),
  })
}
