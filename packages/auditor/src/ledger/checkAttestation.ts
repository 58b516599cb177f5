import { buildMerkleTree, fromHex, inclusionOf, toHex } from '@gstd/sdk'
import { type CheckEntry, parametersOf } from './entryContext.ts'
import { expectEqual, known } from './refuse.ts'

/** A device signed the root over its proofs: those of them that were revealed stop being provisional. */
export const checkAttestation: CheckEntry<'attestation'> = async ({ body }, { state, origin, checkOnce }) => {
  const { device_id: deviceId, batch, proof_hashes: hashes } = body
  const recipient = parametersOf(state).document.coordinator_key
  const device = known(state.devices.get(deviceId), 'the device has no valid certificate', { device_id: deviceId })
  const signer = device.certificate.certificate.device_key
  await checkOnce.batch(batch, { kind: 'proof', origin, signer, recipient })
  const tree = buildMerkleTree(hashes.map(fromHex))
  expectEqual('the root over proof_hashes', toHex(tree.root), batch.header.root)
  expectEqual('the number of proof_hashes', tree.count, batch.header.count)
  for (const [index, hash] of hashes.entries()) {
    const found = state.provisional.get(hash)
    if (found?.seat.order.device_id !== deviceId) continue
    found.seat.attested = { batch, inclusion: inclusionOf(tree, index) }
    state.provisional.delete(hash)
  }
}
