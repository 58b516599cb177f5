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
import type { Unit } from '../log/journal.ts'
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
export const attest = async (
  unit: Unit,
  deviceId: string,
  { batch, proof_hashes }: Attest,
): Promise<{ effects: Effect[]; taskIds: string[] }> => {
  const tree = buildMerkleTree(proof_hashes.map(fromHex))
  const taskIds: string[] = []
  for (const [index, proofHash] of proof_hashes.entries()) {
    const rows = await unit.query<{ task_id: string }>(
      `UPDATE seats SET state = 'attested', due_at = NULL, proof_batch = $3, proof_inclusion = $4
       WHERE proof_hash = $1 AND device_id = $2 AND state = 'revealed' RETURNING task_id`,
      [proofHash, deviceId, JSON.stringify(batch), JSON.stringify(inclusionOf(tree, index))],
    )
    taskIds.push(...rows.map((row) => row.task_id))
  }
  if (taskIds.length > 0) unit.log('attestation', { device_id: deviceId, batch, proof_hashes })
  return { effects: tell(deviceId, { type: 'attested', proof_hashes }), taskIds: [...new Set(taskIds)] }
}
