import { canonicalJson } from '../canonical/canonicalJson.ts'
import { verifyBatch, verifyInclusion } from '../documents/batch.ts'
import { verifyCertificate } from '../documents/certificate.ts'
import { commitmentOf } from '../documents/commitment.ts'
import type { TaskDescriptor } from '../documents/descriptor.ts'
import { deviceIdOf } from '../documents/deviceId.ts'
import type { NetworkParameters } from '../documents/parameters.ts'
import { proofDocument } from '../documents/proof.ts'
import type { ReceiptSeat } from '../documents/receipt.ts'
import { type WorkOrder, workOrderDocument } from '../documents/workOrder.ts'
import { GstdError } from '../errors/GstdError.ts'
import { checkProof } from './checkProof.ts'
import { orderTermsOf } from './orderTerms.ts'

/**
 * Checks that an order asks for exactly what the descriptor asks for.
 *
 * @throws GstdError `ORDER_INVALID` naming the field
 */
const checkOrder = (order: WorkOrder, descriptor: TaskDescriptor, parameters: NetworkParameters): void => {
  const terms = orderTermsOf(descriptor, parameters.models)
  const { device_id, attempt, nonce, dispatched_at } = order
  const expected: WorkOrder = { ...terms, device_id, attempt, nonce, dispatched_at }
  if (workOrderDocument.id(expected) === workOrderDocument.id(order)) return
  const path = Object.keys(expected).find((field) => {
    const [a, b] = [expected, order].map((document) => canonicalJson(document[field as keyof WorkOrder]))
    return a !== b
  })
  throw new GstdError('ORDER_INVALID', `the order’s ${path ?? 'content'} is not the descriptor’s`, {
    details: { path },
  })
}

/**
 * Checks one execution from end to end: the device's certificate, the coordinator's order, the device's proof under
 * its signed root, and the commitment made before the result was shown.
 *
 * @param descriptor - already checked
 * @throws GstdError `CERTIFICATE_INVALID`, `ORDER_INVALID`, `PROOF_INVALID`, `COMMITMENT_MISMATCH`, `SIGNATURE_INVALID`,
 * `MERKLE_PROOF_INVALID`, `NETWORK_MISMATCH`
 */
export const verifySeat = async (
  seat: ReceiptSeat,
  descriptor: TaskDescriptor,
  parameters: NetworkParameters,
): Promise<void> => {
  const { order, proof, certificate } = seat
  const origin = { network: parameters.network, vault: parameters.vault }
  const { device_key: deviceKey } = certificate.certificate
  await verifyCertificate(certificate, origin, order.dispatched_at)
  if (deviceIdOf(deviceKey) !== order.device_id) {
    throw new GstdError('CERTIFICATE_INVALID', 'the certificate is another device’s', {
      details: { device_id: order.device_id },
    })
  }
  checkOrder(order, descriptor, parameters)
  await verifyBatch(seat.order_batch, { kind: 'order', origin, signer: parameters.coordinator_key })
  verifyInclusion(seat.order_batch.header, workOrderDocument.hash(order), seat.order_inclusion)

  checkProof(proof, order, proof.result_hash)
  const opened = commitmentOf({ resultHash: proof.result_hash, deviceId: order.device_id, salt: seat.salt })
  if (opened !== seat.commitment) {
    throw new GstdError('COMMITMENT_MISMATCH', 'result and salt do not open the commitment', {
      details: { attempt: order.attempt },
    })
  }
  await verifyBatch(seat.proof_batch, {
    kind: 'proof',
    origin,
    signer: deviceKey,
    recipient: parameters.coordinator_key,
  })
  verifyInclusion(seat.proof_batch.header, proofDocument.hash(proof), seat.proof_inclusion)
}
