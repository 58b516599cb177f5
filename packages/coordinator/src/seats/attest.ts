import {
  buildMerkleTree,
  type DeviceMessage,
  fromHex,
  GstdError,
  inclusionOf,
  type NetworkParameters,
  toHex,
  verifyBatch,
} from '@gstd/sdk'
import type { LiveUnit } from '../log/journal.ts'
import { type Effect, tell } from './effects.ts'

type Attest = Extract<DeviceMessage, { type: 'attest' }>

/**
 * Checks a device's signature over the root of its proofs.
 *
 * @throws GstdError `SIGNATURE_INVALID`, `NETWORK_MISMATCH`, `MERKLE_PROOF_INVALID`
 */
export const checkAttestation = async (
  deviceKey: string,
  { batch, proof_hashes }: Attest,
  parameters: NetworkParameters,
): Promise<void> => {
  const origin = { network: parameters.network, vault: parameters.vault }
  await verifyBatch(batch, { kind: 'proof', origin, signer: deviceKey, recipient: parameters.coordinator_key })
  const root = toHex(buildMerkleTree(proof_hashes.map(fromHex)).root)
  if (root !== batch.header.root || batch.header.count !== proof_hashes.length) {
    throw new GstdError('MERKLE_PROOF_INVALID', 'the signed root is not the one of these proofs', {
      details: { root, signed_root: batch.header.root },
    })
  }
}

/** Stores a checked attestation; proofs it covers stop being provisional. */
export const attest = (
  unit: LiveUnit,
  deviceId: string,
  { batch, proof_hashes }: Attest,
): { effects: Effect[]; taskIds: string[] } => {
  const tree = buildMerkleTree(proof_hashes.map(fromHex))
  const taskIds = new Set<string>()
  for (const [index, proofHash] of proof_hashes.entries()) {
    const seat = unit.ofProof(proofHash)
    if (seat?.device_id !== deviceId || seat.state !== 'revealed') continue
    unit.change(seat, {
      state: 'attested',
      due_at: null,
      proof_batch: batch,
      proof_inclusion: inclusionOf(tree, index),
    })
    taskIds.add(seat.task_id)
  }
  if (taskIds.size > 0) unit.log('attestation', { device_id: deviceId, batch, proof_hashes })
  return { effects: tell(deviceId, { type: 'attested', proof_hashes }), taskIds: [...taskIds] }
}
