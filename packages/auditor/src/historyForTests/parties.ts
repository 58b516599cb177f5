import {
  createSigner,
  defaultParameters,
  deviceIdOf,
  knownModels,
  type NetworkConfig,
  type NetworkParameters,
  sha256,
  type SignedCertificate,
  type Signer,
  signCertificate,
  toHex,
} from '@gstd/sdk'
import { escrowAddress, walletAddress } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'

const encoder = new TextEncoder()

/** @returns 32 bytes in hex, the same for the same name in every run. */
export const hashOf = (name: string): string => toHex(sha256(encoder.encode(name)))

/** @returns the same key for the same name in every run. */
export const signerOf = (name: string): Signer => createSigner(hashOf(name))

export const origin = { network: -3, vault: `0:${'11'.repeat(32)}` }
/** Unix ms at which a test's log begins. */
export const startMs = 1_790_000_000_000

export const auditorSeed = hashOf('auditor')
export const auditor = signerOf('auditor')
export const coordinator = signerOf('coordinator')
export const sessionKey = signerOf('session')

const walletOf = (owner: Signer): string =>
  walletAddress({ publicKey: owner.publicKey, wallet: 'v5r1', network: origin.network }).toRawString()

export const requester = walletOf(signerOf('requester'))
export const otherRequester = walletOf(signerOf('other requester'))
export const escrowOf = (owner: string): string =>
  escrowAddress(Address.parseRaw(owner), Address.parseRaw(origin.vault)).toRawString()

/** The network's file, of a chain that nobody runs. */
export const network: NetworkConfig = {
  name: 'devnet',
  endpoint: 'http://127.0.0.1:9/api/v2/jsonRPC',
  ...origin,
  gstd_master: `0:${'44'.repeat(32)}`,
  operator_address: `0:${'55'.repeat(32)}`,
  guardian: `0:${'66'.repeat(32)}`,
  coordinator_key: coordinator.publicKey,
  auditor_key: auditor.publicKey,
  challenge_window_sec: 2,
  minimum_payout_nano: '12000000',
  epoch_ms: 3000,
  independence: 'owner',
  coordinator: 'http://127.0.0.1:9',
}

export const parameters: NetworkParameters = {
  ...defaultParameters,
  version: 1,
  ...origin,
  issued_at: startMs - 1000,
  coordinator_key: coordinator.publicKey,
  auditor_key: auditor.publicKey,
  gstd_master: network.gstd_master,
  operator_address: network.operator_address,
  minimum_payout_nano: network.minimum_payout_nano,
  challenge_window_sec: network.challenge_window_sec,
  independence: network.independence,
  models: knownModels(),
}

export type TestDevice = { id: string; signer: Signer; certificate: SignedCertificate }

/** Makes a device that its owner's wallet vouches for. */
export const certifiedDevice = async (
  name: string,
  {
    owner: ownerName = `owner of ${name}`,
    revision = 3,
    payoutAddress,
  }: { owner?: string; revision?: number; payoutAddress?: string } = {},
): Promise<TestDevice> => {
  const owner = signerOf(ownerName)
  const signer = signerOf(name)
  const address = walletOf(owner)
  const certificate = await signCertificate({
    certificate: {
      version: 1,
      ...origin,
      owner: address,
      device_key: signer.publicKey,
      payout_address: payoutAddress ?? address,
      issued_at: startMs - 86_400_000,
      expires_at: startMs + 86_400_000,
      revision,
    },
    owner,
    wallet: 'v5r1',
    device: signer,
  })
  return { id: deviceIdOf(signer.publicKey), signer, certificate }
}
