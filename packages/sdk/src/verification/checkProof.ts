import { type Proof } from '../documents/proof.ts'
import { type WorkOrder, workOrderDocument } from '../documents/workOrder.ts'
import { GstdError } from '../errors/GstdError.ts'
import { canonicalRuntime } from './canonicalRuntime.ts'

/**
 * Checks that a proof is the proof of this order and this result: every field that the order fixes must be equal.
 *
 * @throws GstdError `PROOF_INVALID` naming the first field that differs
 */
export const checkProof = (proof: Proof, order: WorkOrder, resultHash: string): void => {
  const expected: Partial<Record<keyof Proof, unknown>> = {
    network: order.network,
    vault: order.vault,
    task_id: order.task_id,
    device_id: order.device_id,
    attempt: order.attempt,
    order_hash: workOrderDocument.id(order),
    nonce: order.nonce,
    model_hash: order.model_hash,
    result_hash: resultHash,
    numeric_class: canonicalRuntime.numericClass,
  }
  for (const [field, value] of Object.entries(expected)) {
    const actual: unknown = proof[field as keyof Proof]
    if (actual !== value) {
      throw new GstdError('PROOF_INVALID', `the proof’s ${field} is not the one of its order and result`, {
        details: { path: field, actual, expected: value },
      })
    }
  }
  if (proof.timestamp < order.dispatched_at) {
    throw new GstdError('PROOF_INVALID', 'the proof is older than its order', { details: { path: 'timestamp' } })
  }
}
