import {
  type DeviceMessage,
  GstdError,
  inputUnavailableDocument,
  type NetworkParameters,
  parseAmount,
  toGstdError,
  workOrderDocument,
} from '@gstd/sdk'
import type { Attester } from '../attestation/createAttester.ts'
import type { CoordinatorLink } from '../connection/createCoordinatorLink.ts'
import type { SessionMessage } from '../connection/openSession.ts'
import { InputError } from '../inputs/fetchInputs.ts'
import type { Outbox } from '../outbox/openOutbox.ts'
import type { FinishedAnswer } from '../outbox/outboxRecord.ts'
import type { EmitEvent } from '../workerEvents.ts'
import type { ExecutorPool } from './createExecutorPool.ts'
import { type RunContext, runOrder } from './runOrder.ts'
import { type OrderExpectation, type OrderMessage, type VerifiedOrder, verifyOrder } from './verifyOrder.ts'

export type OrderDeskContext = RunContext & {
  coordinatorKey: string
  outbox: Outbox
  attester: Attester
  pool: ExecutorPool
  link: CoordinatorLink
  emit: EmitEvent
  parameters(): NetworkParameters | undefined
  serves: OrderExpectation['serves']
  /** Whether the owner wants no new orders now. */
  isPaused(): boolean
}

/** Takes orders and sees each of them through to its attestation, over any number of connections. */
export type OrderDesk = {
  /** Orders that are being prepared or executed. */
  readonly running: number
  handle(message: Exclude<SessionMessage, { type: 'outcome' }>): Promise<void>
  /** Says again what the coordinator may have missed. */
  onConnected(): Promise<void>
  /** Answers a message that broke the protocol, where it named an order. */
  onFault(error: GstdError, orderHash: string | undefined): void
  /** @returns the task of an order that was executed lately */
  taskOf(orderHash: string): string | undefined
  /** Gives up on a finished result. */
  forget(orderHash: string): Promise<void>
  /** Drops everything that is not finished, and waits until nothing runs. */
  abort(): Promise<void>
}

type Active = {
  verified: VerifiedOrder
  dropped: AbortController
  started: FinishedAnswer['started'] | undefined
  ended: Promise<void>
}

type Refusal = Extract<DeviceMessage, { type: 'refuse' }>['reason']

/** Of the 30 s that the coordinator waits for `started`, what is left for the way there. */
const START_MARGIN_MS = 3000
/** How long a bad end waits for a connection; after that the coordinator's own time-out has spoken. */
const REPORT_WITHIN_MS = 10_000
/** A coordinator that never acknowledges cannot fill the disk. */
const MAX_KEPT_RESULTS = 1024
const MAX_REMEMBERED_TASKS = 10_000

const clip = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)

/** Creates the desk of one worker. */
export const createOrderDesk = (context: OrderDeskContext): OrderDesk => {
  const { outbox, attester, pool, link, emit } = context
  const active = new Map<string, Active>()
  /** Outcomes come long after the results left; the display wants to know of which task. */
  const lately = new Map<string, string>()
  let stopping = false

  const report = async (message: DeviceMessage, signal: AbortSignal): Promise<void> => {
    const giveUp = AbortSignal.any([signal, AbortSignal.timeout(REPORT_WITHIN_MS)])
    while (!giveUp.aborted && !link.send(message)) await link.whenConnected(giveUp).catch(() => undefined)
  }

  const reportFailure = async ({ verified, dropped }: Active, thrown: unknown): Promise<void> => {
    const { orderHash, order } = verified
    const ids = { orderHash, taskId: order.task_id }
    if (dropped.signal.aborted) return
    if (thrown instanceof InputError) {
      const { origin, deviceId, signer } = context
      const message = clip(thrown.message, 500)
      const notice = { version: 1 as const, ...origin, device_id: deviceId, order_hash: orderHash, item: thrown.item }
      const signature = await signer.sign(inputUnavailableDocument.hash(notice))
      emit({ type: 'input_unavailable', ...ids, item: thrown.item, message })
      await report(
        { type: 'input_unavailable', order_hash: orderHash, item: thrown.item, message, signature },
        dropped.signal,
      )
      return
    }
    const { code, message } = toGstdError(thrown)
    emit({ type: 'failed', ...ids, code, message })
    await report({ type: 'failed', order_hash: orderHash, code, message: clip(message, 500) }, dropped.signal)
  }

  const work = async (entry: Active, executor: NonNullable<ReturnType<ExecutorPool['acquire']>>): Promise<void> => {
    const { verified, dropped } = entry
    const { order, orderHash } = verified
    const acceptedMs = performance.now()
    try {
      const answer = await runOrder(verified, context, {
        executor,
        signal: dropped.signal,
        prepareMs: Math.max(1000, (context.parameters()?.timing.start_ms ?? 30_000) - START_MARGIN_MS),
        onStarted: async (started) => {
          entry.started = started
          const message = { type: 'started' as const, order_hash: orderHash, ...started }
          while (!link.send(message)) await link.whenConnected(dropped.signal)
          const preparedMs = Math.round(performance.now() - acceptedMs)
          emit({ type: 'started', orderHash, taskId: order.task_id, preparedMs })
        },
      })
      if (dropped.signal.aborted) return
      await outbox.add(answer)
      link.send({ type: 'commit', order_hash: orderHash, commitment: answer.commitment })
      emit({
        type: 'done',
        orderHash,
        taskId: order.task_id,
        operation: order.operation,
        items: answer.result.length,
        failedItems: answer.result.filter((item) => typeof item === 'object' && item !== null && 'error' in item)
          .length,
        executionTimeMs: answer.proof.execution_time_ms,
        energyMwh: answer.proof.energy_consumed_mwh,
      })
    } catch (error) {
      await reportFailure(entry, error)
    } finally {
      pool.release(executor)
      active.delete(orderHash)
    }
    if (active.size === 0) await attester.attestNew()
  }

  const refuse = (orderHash: string, reason: Refusal, message: string): void => {
    emit({ type: 'refused', orderHash, reason, message })
    link.send({ type: 'refuse', order_hash: orderHash, reason })
  }

  /** The coordinator gives an order again when it does not know how far we are. */
  const repeat = async (orderHash: string): Promise<boolean> => {
    const entry = active.get(orderHash)
    const kept = outbox.get(orderHash)
    if (entry === undefined && kept === undefined) return false
    link.send({ type: 'ack', order_hash: orderHash })
    if (entry?.started !== undefined) link.send({ type: 'started', order_hash: orderHash, ...entry.started })
    if (kept !== undefined) await resend(orderHash)
    return true
  }

  const accept = async (message: OrderMessage): Promise<void> => {
    const orderHash = workOrderDocument.id(message.order)
    const parameters = context.parameters()
    let verified: VerifiedOrder
    try {
      if (parameters === undefined) throw new GstdError('ORDER_INVALID', 'the network’s parameters are not known yet')
      verified = await verifyOrder(message, {
        origin: context.origin,
        deviceId: context.deviceId,
        coordinatorKey: context.coordinatorKey,
        parameters,
        serves: context.serves,
        nowMs: context.clock.now(),
      })
    } catch (thrown) {
      const error = toGstdError(thrown)
      const reason = error.code === 'MODEL_UNAVAILABLE' ? 'model_unavailable' : 'order_invalid'
      return refuse(orderHash, reason, error.message)
    }
    if (await repeat(orderHash)) return
    if (stopping || context.isPaused()) return refuse(orderHash, 'paused', 'the worker takes no orders now')
    if (outbox.entries().length >= MAX_KEPT_RESULTS) {
      return refuse(orderHash, 'busy', 'too many results wait for their acknowledgement')
    }
    const executor = pool.acquire(verified.order.model_hash)
    if (executor === undefined) return refuse(orderHash, 'busy', 'every slot is taken')
    link.send({ type: 'ack', order_hash: orderHash })
    const { order } = verified
    emit({
      type: 'order',
      orderHash,
      taskId: order.task_id,
      attempt: order.attempt,
      operation: order.operation,
      model: order.model,
      items: order.input.length,
      rewardNano: parseAmount(order.reward.amount_ton),
    })
    const entry: Active = { verified, dropped: new AbortController(), started: undefined, ended: Promise.resolve() }
    active.set(orderHash, entry)
    const [oldest] = lately.keys()
    if (lately.size >= MAX_REMEMBERED_TASKS && oldest !== undefined) lately.delete(oldest)
    lately.set(orderHash, order.task_id)
    entry.ended = work(entry, executor).catch((thrown: unknown) => {
      const { code, message: text } = toGstdError(thrown)
      emit({ type: 'error', code, message: text })
    })
  }

  const reveal = async (orderHash: string): Promise<void> => {
    const { result, salt, proof } = await outbox.markRevealing(orderHash)
    link.send({ type: 'reveal', order_hash: orderHash, result, salt, proof })
  }

  const resend = async (orderHash: string): Promise<void> => {
    const stage = outbox.get(orderHash)?.stage
    if (stage === 'revealing') return reveal(orderHash)
    if (stage !== 'finished') return
    const { started, commitment } = await outbox.readAnswer(orderHash)
    link.send({ type: 'started', order_hash: orderHash, ...started })
    link.send({ type: 'commit', order_hash: orderHash, commitment })
  }

  const drop = async (orderHash: string, reason: string): Promise<void> => {
    active.get(orderHash)?.dropped.abort()
    await outbox.remove(orderHash)
    emit({ type: 'dropped', orderHash, reason })
  }

  const handle: OrderDesk['handle'] = async (message) => {
    switch (message.type) {
      case 'order':
        return accept(message)
      case 'committed':
        emit({ type: 'committed', orderHash: message.order_hash })
        return
      case 'reveal_request':
        return reveal(message.order_hash)
      case 'revealed':
        if (outbox.get(message.order_hash)?.stage !== 'revealing') return
        await outbox.markRevealed(message.order_hash)
        emit({ type: 'revealed', orderHash: message.order_hash })
        return attester.onRevealed(active.size === 0)
      case 'attest_request':
        return attester.attestAll()
      case 'attested': {
        const count = await attester.onAttested(message.proof_hashes)
        if (count > 0) emit({ type: 'attested', count })
        return
      }
      case 'dropped':
        return drop(message.order_hash, message.reason)
      case 'error':
        emit({ type: 'error', code: clip(message.code, 64), message: clip(message.message, 500) })
        if (message.code === 'ORDER_UNKNOWN' && message.order_hash !== undefined)
          await drop(message.order_hash, 'unknown')
        return
    }
  }

  return {
    get running() {
      return active.size
    },
    taskOf: (orderHash) => lately.get(orderHash) ?? outbox.get(orderHash)?.task_id,
    forget: (orderHash) => drop(orderHash, 'expired'),
    handle,
    onConnected: async () => {
      for (const [orderHash, { started }] of active) {
        if (started !== undefined) link.send({ type: 'started', order_hash: orderHash, ...started })
      }
      for (const { order_hash } of outbox.entries()) {
        // One result that cannot be read must not keep the others from being paid.
        await resend(order_hash).catch((thrown: unknown) => drop(order_hash, toGstdError(thrown).message))
      }
      await attester.onConnected()
    },
    onFault: (error, orderHash) => {
      emit({ type: 'error', code: error.code, message: error.message })
      if (orderHash === undefined || active.has(orderHash)) return
      link.send({ type: 'failed', order_hash: orderHash, code: error.code, message: clip(error.message, 500) })
    },
    abort: async () => {
      stopping = true
      for (const [orderHash, { dropped }] of active) {
        dropped.abort()
        link.send({ type: 'failed', order_hash: orderHash, code: 'SHUTTING_DOWN', message: 'the worker was stopped' })
      }
      await Promise.all([...active.values()].map(({ ended }) => ended))
    },
  }
}
