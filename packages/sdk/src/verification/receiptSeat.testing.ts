import { randomHex } from '../crypto/randomHex.ts'
import { type Inclusion, inclusionOf, type SignedBatch, signBatch } from '../documents/batch.ts'
import { commitmentOf } from '../documents/commitment.ts'
import type { TaskDescriptor } from '../documents/descriptor.ts'
import { hashDocument } from '../documents/hashDocument.ts'
import { type Proof, proofDocument } from '../documents/proof.ts'
import type { ReceiptSeat } from '../documents/receipt.ts'
import { type WorkOrder, workOrderDocument } from '../documents/workOrder.ts'
import type { Signer } from '../crypto/ed25519.ts'
import { canonicalRuntime } from './canonicalRuntime.ts'
import { orderTermsOf } from './orderTerms.ts'
import { coordinator, origin, parameters, startMs, type TestDevice } from './receiptParties.testing.ts'

/** Signs one document among others, so that its inclusion has a path to follow. */
export const signAmongOthers = async (
  kind: 'descriptor' | 'order' | 'proof',
  signer: Signer,
  recipient: string,
  hash: Uint8Array,
): Promise<{ batch: SignedBatch; inclusion: Inclusion }> => {
  const other = (value: number) => hashDocument('other', { kind, value })
  const hashes = [other(0), other(1), hash, other(3), other(4)]
  const { batch, tree } = await signBatch({ kind, origin, signer, recipient, hashes, timestamp: startMs })
  return { batch, inclusion: inclusionOf(tree, 2) }
}

export type SeatPlan = {
  device: TestDevice
  attempt: number
  resultHash: string
  /** What the device would rather have in its order or proof than what belongs there. */
  forge?: { order?: Partial<WorkOrder>; proof?: Partial<Proof> }
}

/** Runs one execution the way device and coordinator do: order, commitment, proof, attestation. */
export const executeSeat = async (descriptor: TaskDescriptor, plan: SeatPlan): Promise<ReceiptSeat> => {
  const { device, attempt, resultHash, forge = {} } = plan
  const order: WorkOrder = {
    ...orderTermsOf(descriptor, parameters.models),
    device_id: device.deviceId,
    attempt,
    nonce: randomHex(16),
    dispatched_at: startMs + 1000 * attempt,
    ...forge.order,
  }
  const proof: Proof = {
    version: 1,
    ...origin,
    task_id: order.task_id,
    device_id: device.deviceId,
    attempt,
    order_hash: workOrderDocument.id(order),
    result_hash: resultHash,
    nonce: order.nonce,
    timestamp: order.dispatched_at + 400,
    execution_time_ms: 310.5 + attempt,
    energy_consumed_mwh: 0.75 + attempt / 8,
    energy_method: 'cpu-time',
    energy_uncertainty: 0.5,
    model_hash: order.model_hash,
    numeric_class: canonicalRuntime.numericClass,
    ...forge.proof,
  }
  const salt = randomHex(32)
  const ordered = await signAmongOthers('order', coordinator, 'any', workOrderDocument.hash(order))
  const attested = await signAmongOthers('proof', device.signer, coordinator.publicKey, proofDocument.hash(proof))
  return {
    certificate: device.certificate,
    order,
    order_batch: ordered.batch,
    order_inclusion: ordered.inclusion,
    commitment: commitmentOf({ resultHash: proof.result_hash, deviceId: device.deviceId, salt }),
    salt,
    proof,
    proof_batch: attested.batch,
    proof_inclusion: attested.inclusion,
  }
}
