import { verifySignature } from '../crypto/ed25519.ts'
import type { Receipt } from '../documents/receipt.ts'
import { GstdError } from '../errors/GstdError.ts'
import type { ReceiptTrust } from '../verification/verifyReceipt.ts'
import { commitCellOf } from './settlementBodies.ts'
import { verifyOwnerAddress } from './verifyOwnerAddress.ts'

/**
 * Checks what `verifyReceipt` cannot without a TON library: that each device's owner is the wallet it names, and that
 * coordinator and auditor both signed the commit whose root the receipt's leaves stand under. Whether the vault has
 * executed that commit is the chain's to say.
 *
 * @param receipt - already checked by `verifyReceipt`
 * @returns whether both keys have signed for its payment; false for a receipt that shows none yet
 * @throws GstdError `CERTIFICATE_INVALID`, `SIGNATURE_INVALID`; `DOCUMENT_MALFORMED` for figures that no commit can hold
 */
export const verifySettlement = async (receipt: Receipt, trust: ReceiptTrust): Promise<boolean> => {
  for (const { certificate } of receipt.seats) verifyOwnerAddress(certificate)
  const { payment } = receipt
  if (payment === undefined) return false
  const { coordinator_signature, auditor_signature, ...commit } = payment.commit
  const cell = commitCellOf({ ...commit, epoch: payment.epoch, tasks_root: payment.tasks_root }, trust)
  for (const [name, key, signature] of [
    ['coordinator', trust.coordinatorKey, coordinator_signature],
    ['auditor', trust.auditorKey, auditor_signature],
  ] as const) {
    if (!(await verifySignature(key, cell.hash(), signature))) {
      throw new GstdError('SIGNATURE_INVALID', `the ${name} did not sign the commit of epoch ${payment.epoch}`, {
        details: { path: `payment.commit.${name}_signature`, epoch: payment.epoch },
      })
    }
  }
  return true
}
