import {
  canonicalRuntime,
  commitmentOf,
  inclusionOf,
  INITIAL_REPUTATION,
  type LogBody,
  orderTermsOf,
  type Proof,
  proofDocument,
  resultHashOf,
  type SeatEndReason,
  signBatch,
  type TaskDescriptor,
  type WorkOrder,
  workOrderDocument,
} from '@gstd/sdk'
import { coordinator, hashOf, origin, parameters, type TestDevice } from './parties.ts'

/** One device at work, with all that the log will show of it. */
export type Execution = {
  device: TestDevice
  order: WorkOrder
  deviceReputation: number
  result: unknown[]
  salt: string
  proof: Proof
  commitment: string
  observedMs: number
  attested?: true
  ended?: SeatEndReason
}

/** @returns what a device answers for the one input of these tests. */
export const outputOf = (label: string, score = 0.875) => ({
  label,
  scores: { Drawing: 0.01, Hentai: 0.01, Neutral: 0.01, Porn: 0.01, Sexy: 0.01, [label]: score },
})

/** Signs an order as the coordinator's only one of its tick. */
export const signOrder = async (order: WorkOrder, signer = coordinator) => {
  const hashes = [workOrderDocument.hash(order)]
  const { batch, tree } = await signBatch({
    kind: 'order',
    origin,
    signer,
    recipient: 'any',
    hashes,
    timestamp: order.dispatched_at,
  })
  return { order, batch, inclusion: inclusionOf(tree, 0) }
}

export type Dispatch = {
  device: TestDevice
  seat: number
  attempt: number
  nowMs: number
  committed: ReadonlyMap<string, number>
}

export const orderBody = async (
  descriptor: TaskDescriptor,
  { device, seat, attempt, nowMs, committed }: Dispatch,
): Promise<LogBody<'dispatch'>> => {
  const order: WorkOrder = {
    ...orderTermsOf(descriptor, parameters.models),
    device_id: device.id,
    attempt,
    nonce: hashOf(`order ${descriptor.task_id}/${attempt}`).slice(0, 32),
    dispatched_at: nowMs,
  }
  return { seat, ...(await signOrder(order)), device_reputation: committed.get(device.id) ?? INITIAL_REPUTATION }
}

/** @returns the proof of an order that a device computed honestly. */
export const proofOf = (order: WorkOrder, resultHash: string): Proof => ({
  version: 1,
  ...origin,
  task_id: order.task_id,
  device_id: order.device_id,
  attempt: order.attempt,
  order_hash: workOrderDocument.id(order),
  result_hash: resultHash,
  nonce: order.nonce,
  timestamp: order.dispatched_at + 300,
  execution_time_ms: 200 + order.attempt,
  energy_consumed_mwh: 0.75 + order.attempt / 8,
  energy_method: 'cpu-time',
  energy_uncertainty: 0.5,
  model_hash: order.model_hash,
  numeric_class: canonicalRuntime.numericClass,
})

/** Computes an order: the result that a label stands for, its proof, its commitment. */
export const executeOrder = (
  { order, device_reputation: deviceReputation }: LogBody<'dispatch'>,
  device: TestDevice,
  label: string,
  nowMs: number,
): Execution => {
  const result = [outputOf(label)]
  const resultHash = resultHashOf(result)
  const salt = hashOf(`salt ${order.task_id}/${order.attempt}/${nowMs}`)
  return {
    device,
    order,
    deviceReputation,
    result,
    salt,
    proof: proofOf(order, resultHash),
    commitment: commitmentOf({ resultHash, deviceId: device.id, salt }),
    observedMs: 250 + 10 * order.attempt,
  }
}

/** Signs the root over the proofs of one device. */
export const signProofs = async (
  executions: readonly Pick<Execution, 'device' | 'proof'>[],
  nowMs: number,
): Promise<LogBody<'attestation'>> => {
  const device = executions[0]?.device
  if (device === undefined) throw new Error('there is nothing to attest')
  const { batch } = await signBatch({
    kind: 'proof',
    origin,
    signer: device.signer,
    recipient: coordinator.publicKey,
    hashes: executions.map(({ proof }) => proofDocument.hash(proof)),
    timestamp: nowMs,
  })
  return { device_id: device.id, batch, proof_hashes: executions.map(({ proof }) => proofDocument.id(proof)) }
}
