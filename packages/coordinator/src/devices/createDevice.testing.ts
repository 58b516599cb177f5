import {
  canonicalRuntime,
  type Certificate,
  createSigner,
  deviceIdOf,
  type DeviceMessage,
  type Origin,
  randomHex,
  type SignedCertificate,
  type Signer,
  signCertificate,
} from '@gstd/sdk'
import { walletAddress } from '@gstd/sdk/contracts'

export type Hello = Extract<DeviceMessage, { type: 'hello' }>

/** A device's keys and what it says of itself. */
export type DeviceIdentity = {
  deviceId: string
  key: Signer
  owner: Signer
  certificate: SignedCertificate
  hello: Hello
}

export type DeviceIdentityOptions = {
  origin: Origin
  nowMs: number
  owner?: Signer
  key?: Signer
  slots?: number
  certificate?: Partial<Certificate>
  hello?: Partial<Hello>
}

/** Makes a device with an owner of its own, unless another one is given. */
export const createDeviceIdentity = async (options: DeviceIdentityOptions): Promise<DeviceIdentity> => {
  const { origin, nowMs, slots = 1 } = options
  const owner = options.owner ?? createSigner(randomHex(32))
  const key = options.key ?? createSigner(randomHex(32))
  const address = walletAddress({ publicKey: owner.publicKey, wallet: 'v5r1', network: origin.network }).toRawString()
  const certificate = await signCertificate({
    certificate: {
      version: 1,
      ...origin,
      owner: address,
      device_key: key.publicKey,
      payout_address: address,
      issued_at: nowMs,
      expires_at: nowMs + 30 * 86_400_000,
      revision: 1,
      ...options.certificate,
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
    operations: ['ocr', 'image-moderation'],
    software: 'device for tests',
    sandbox: [],
    state: { available_energy: 1, slots, cached_models: [] },
    ...options.hello,
  }
  return { deviceId: deviceIdOf(key.publicKey), key, owner, certificate, hello }
}
