import {
  canonicalRuntime,
  createSigner,
  deviceIdOf,
  type DeviceMessage,
  type Origin,
  randomHex,
  type Signer,
  signCertificate,
} from '@gstd/sdk'
import { walletAddress } from '@gstd/sdk/contracts'

export type Hello = Extract<DeviceMessage, { type: 'hello' }>

/** A device's key and what it says first. */
export type Identity = { deviceId: string; key: Signer; hello: Hello }

const VALID_MS = 86_400_000

/** Makes a device of an owner of its own, with the certificate that the owner's wallet signs. */
export const createIdentity = async (origin: Origin, slots: number): Promise<Identity> => {
  const owner = createSigner(randomHex(32))
  const key = createSigner(randomHex(32))
  const address = walletAddress({ publicKey: owner.publicKey, wallet: 'v5r1', network: origin.network }).toRawString()
  const nowMs = Date.now()
  const certificate = await signCertificate({
    certificate: {
      version: 1,
      ...origin,
      owner: address,
      device_key: key.publicKey,
      payout_address: address,
      issued_at: nowMs,
      expires_at: nowMs + VALID_MS,
      revision: 1,
    },
    owner,
    wallet: 'v5r1',
    device: key,
  })
  const hello: Hello = {
    type: 'hello',
    certificate,
    fingerprint: randomHex(32),
    numeric_class: canonicalRuntime.numericClass,
    operations: ['ocr'],
    software: 'gstd bench',
    sandbox: [],
    state: { available_energy: 1, slots, cached_models: ['pp-ocrv4-rec'] },
  }
  return { deviceId: deviceIdOf(key.publicKey), key, hello }
}
