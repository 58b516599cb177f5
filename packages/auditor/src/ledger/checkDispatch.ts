import {
  canonicalJson,
  deadlineOf,
  deviceIdOf,
  INITIAL_REPUTATION,
  limits,
  maxDevicesOf,
  type NetworkParameters,
  orderTermsOf,
  REFERENCE_SEATS,
  type TaskDescriptor,
  verifyInclusion,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import { type CheckEntry, CLOCK_STEP_MS, parametersOf, runningTask } from './entryContext.ts'
import type { TaskFacts } from './ledgerState.ts'
import { expectEqual, known, refuse } from './refuse.ts'

/** Between the dispatcher's look at the queue and the order. */
const DISPATCH_SLACK_MS = 5_000

const checkTerms = (order: WorkOrder, descriptor: TaskDescriptor, parameters: NetworkParameters): void => {
  const { device_id, attempt, nonce, dispatched_at } = order
  const expected: WorkOrder = {
    ...orderTermsOf(descriptor, parameters.models),
    device_id,
    attempt,
    nonce,
    dispatched_at,
  }
  if (workOrderDocument.id(expected) === workOrderDocument.id(order)) return
  for (const field of Object.keys(expected) as (keyof WorkOrder)[]) {
    expectEqual(`order.${field}`, canonicalJson(order[field]), canonicalJson(expected[field]))
  }
  refuse('the order is not the descriptor’s')
}

const checkTimes = (order: WorkOrder, task: TaskFacts, at: number): void => {
  const { dispatched_at: dispatchedAt } = order
  if (dispatchedAt < task.at - CLOCK_STEP_MS || dispatchedAt > at + CLOCK_STEP_MS) {
    refuse('the order’s time is not that of its dispatch', { dispatched_at: dispatchedAt, at })
  }
  const { descriptor } = task
  const lastMs = deadlineOf(descriptor) - descriptor.constraints.time_limit_sec * 1000 - 2000
  if (dispatchedAt > lastMs + DISPATCH_SLACK_MS) refuse('the order was given after the deadline', { dispatchedAt })
}

/** A seat is free when none of its executions is under way or done; nobody may vouch for himself in another seat. */
const checkSeat = (task: TaskFacts, ordinal: number, owner: string): void => {
  const { descriptor, seats } = task
  const most = descriptor.validation === 'majority' ? maxDevicesOf(descriptor) : REFERENCE_SEATS
  if (ordinal < 1 || ordinal > most) refuse('the task has no such seat', { seat: ordinal, most })
  for (const seat of seats.values()) {
    if (seat.ended !== undefined) continue
    if (seat.ordinal === ordinal) refuse('the seat is taken', { seat: ordinal, attempt: seat.order.attempt })
    if (seat.certificate.certificate.owner === owner) {
      refuse('the owner has another seat of this task', { owner, attempt: seat.order.attempt })
    }
  }
}

/** An order of the coordinator to a known device, for exactly what the descriptor asks for. */
export const checkDispatch: CheckEntry<'dispatch'> = async ({ at, body }, { state, origin, checkOnce }) => {
  const { order, batch, inclusion } = body
  const parameters = parametersOf(state).document
  const task = runningTask(state, order.task_id)
  checkTerms(order, task.descriptor, parameters)
  expectEqual('order.attempt', order.attempt, task.seats.size + 1)
  checkTimes(order, task, at)

  const device = known(state.devices.get(order.device_id), 'the device has no valid certificate', {
    device_id: order.device_id,
  })
  const { certificate } = device.certificate
  const { issued_at, expires_at } = certificate
  if (order.dispatched_at < issued_at - limits.clockSkewMs || order.dispatched_at >= expires_at) {
    refuse('the device’s certificate is not valid at the dispatch', { issued_at, expires_at })
  }
  expectEqual('order.device_id', order.device_id, deviceIdOf(certificate.device_key))
  checkSeat(task, body.seat, certificate.owner)
  const reputation = state.committed.get(order.device_id) ?? INITIAL_REPUTATION
  expectEqual('device_reputation', body.device_reputation, reputation)
  await checkOnce.batch(batch, { kind: 'order', origin, signer: parameters.coordinator_key })
  verifyInclusion(batch.header, workOrderDocument.hash(order), inclusion)

  task.seats.set(order.attempt, {
    ordinal: body.seat,
    order,
    orderBatch: batch,
    orderInclusion: inclusion,
    certificate: device.certificate,
    deviceReputation: reputation,
    timing: parameters.timing,
    mayReveal: false,
  })
}
