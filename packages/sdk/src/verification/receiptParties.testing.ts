import { toHex } from '../canonical/hex.ts'
import { createSigner, type Signer } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/sha256.ts'
import {
  type Certificate,
  type OwnerSignature,
  type SignedCertificate,
  signCertificate,
} from '../documents/certificate.ts'
import { deviceIdOf } from '../documents/deviceId.ts'
import { defaultParameters, type NetworkParameters } from '../documents/parameters.ts'
import { walletAddress } from '../contracts/verifyOwnerAddress.ts'
import { knownModels } from '../operations/registry.ts'
import type { ReceiptTrust } from './verifyReceipt.ts'

export const origin = { network: -3, vault: `0:${'11'.repeat(32)}` }
/** Unix ms at which everything in a test's receipt begins. */
export const startMs = 1_790_000_000_000

const encoder = new TextEncoder()

/** @returns the same key for the same name in every run. */
export const signerOf = (name: string): Signer => createSigner(toHex(sha256(encoder.encode(name))))

/** @returns 32 bytes in hex, the same for the same name in every run. */
export const hashOf = (name: string): string => toHex(sha256(encoder.encode(`hash of ${name}`)))

export const requester = signerOf('requester')
export const coordinator = signerOf('coordinator')
export const auditor = signerOf('auditor')

export const trust: ReceiptTrust = {
  ...origin,
  coordinatorKey: coordinator.publicKey,
  auditorKey: auditor.publicKey,
}

export const parameters: NetworkParameters = {
  ...defaultParameters,
  version: 1,
  ...origin,
  issued_at: startMs - 3_600_000,
  coordinator_key: coordinator.publicKey,
  auditor_key: auditor.publicKey,
  gstd_master: `0:${'44'.repeat(32)}`,
  operator_address: `0:${'55'.repeat(32)}`,
  models: knownModels(),
}

export type TestDevice = { deviceId: string; signer: Signer; certificate: SignedCertificate }

/** @returns a device whose owner vouched for it with a wallet of the given kind. */
export const certifiedDevice = async (
  name: string,
  wallet: OwnerSignature['wallet'] = 'v5r1',
  ownerName = `owner of ${name}`,
): Promise<TestDevice> => {
  const owner = signerOf(ownerName)
  const signer = signerOf(name)
  const address = walletAddress({ publicKey: owner.publicKey, wallet, network: origin.network }).toRawString()
  const certificate: Certificate = {
    version: 1,
    ...origin,
    owner: address,
    device_key: signer.publicKey,
    payout_address: address,
    issued_at: startMs - 86_400_000,
    expires_at: startMs + 86_400_000,
    revision: 3,
  }
  return {
    deviceId: deviceIdOf(signer.publicKey),
    signer,
    certificate: await signCertificate({ certificate, owner, wallet, device: signer }),
  }
}
