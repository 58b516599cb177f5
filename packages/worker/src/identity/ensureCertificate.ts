import { join } from 'node:path'
import {
  type Certificate,
  certificateDocument,
  GstdError,
  type Origin,
  type OwnerSignature,
  type SignedCertificate,
  type Signer,
  signCertificate,
  signedCertificateSchema,
  verifyCertificate,
} from '@gstd/sdk'
import { readJsonFile } from '../stateDir/readJsonFile.ts'
import { writeDurably } from '../stateDir/writeDurably.ts'
import type { DeviceIdentity } from './openDeviceIdentity.ts'

/** The owner's wallet, which signs and renews certificates by itself. */
export type OwnerWallet = {
  signer: Signer
  /** Raw address. */
  address: string
  wallet: OwnerSignature['wallet']
}

/** A certificate that the owner signed elsewhere; the device counter-signs it. */
export type ReadyCertificate = { certificate: Certificate; owner_signature: OwnerSignature }

export type CertificateRequest = {
  stateDir: string
  identity: DeviceIdentity
  owner: OwnerWallet | ReadyCertificate
  /** Raw address. */
  payoutAddress: string
  origin: Origin
  /** Unix ms. */
  nowMs: number
  /** A revision that does not do any more: the certificate is to have a higher one. */
  replaced?: number
}

const VALID_FOR_MS = 90 * 24 * 3_600_000
/** Renewed while a third of its time is left. */
const RENEW_BEFORE_MS = VALID_FOR_MS / 3

/** @returns whether a certificate should be replaced by a fresh one. */
export const isRenewalDue = (certificate: Certificate, nowMs: number): boolean =>
  certificate.expires_at - nowMs < Math.min(RENEW_BEFORE_MS, (certificate.expires_at - certificate.issued_at) / 3)

const counterSign = async (ready: ReadyCertificate, request: CertificateRequest): Promise<SignedCertificate> => {
  const { identity, payoutAddress } = request
  const { certificate, owner_signature } = ready
  const differs =
    certificate.device_key !== identity.deviceKey
      ? ['device_key', certificate.device_key, identity.deviceKey]
      : certificate.payout_address !== payoutAddress
        ? ['payout_address', certificate.payout_address, payoutAddress]
        : undefined
  if (differs !== undefined) {
    const [field, actual, expected] = differs
    throw new GstdError('CERTIFICATE_INVALID', `the certificate's ${field} is ${actual}, here it is ${expected}`, {
      details: { path: field, actual, expected },
      hint: 'let the owner issue a certificate for this device',
    })
  }
  return {
    certificate,
    owner_signature,
    device_signature: await identity.signer.sign(certificateDocument.hash(certificate)),
  }
}

const issue = async (
  owner: OwnerWallet,
  request: CertificateRequest,
  previous: SignedCertificate | undefined,
): Promise<SignedCertificate> =>
  signCertificate({
    certificate: {
      version: 1,
      ...request.origin,
      owner: owner.address,
      device_key: request.identity.deviceKey,
      payout_address: request.payoutAddress,
      issued_at: request.nowMs,
      expires_at: request.nowMs + VALID_FOR_MS,
      // Seconds keep growing even where the file with the last revision was lost.
      revision: Math.max(
        (previous?.certificate.revision ?? -1) + 1,
        (request.replaced ?? -1) + 1,
        Math.floor(request.nowMs / 1000),
      ),
    },
    owner: owner.signer,
    wallet: owner.wallet,
    device: request.identity.signer,
  })

const fits = ({ certificate }: SignedCertificate, owner: OwnerWallet, request: CertificateRequest): boolean =>
  certificate.network === request.origin.network &&
  certificate.vault === request.origin.vault &&
  certificate.owner === owner.address &&
  certificate.device_key === request.identity.deviceKey &&
  certificate.payout_address === request.payoutAddress &&
  certificate.issued_at <= request.nowMs + 60_000 &&
  certificate.revision > (request.replaced ?? -1) &&
  !isRenewalDue(certificate, request.nowMs)

/**
 * Returns a certificate that is valid now: the kept one while it fits owner, payout address and network and has time
 * left, otherwise a new revision by the owner's wallet, above `replaced`.
 *
 * @throws GstdError `CERTIFICATE_INVALID` or `NETWORK_MISMATCH` when a ready certificate does not fit this device
 */
export const ensureCertificate = async (request: CertificateRequest): Promise<SignedCertificate> => {
  const { owner, origin, nowMs } = request
  if ('certificate' in owner) {
    const signed = await counterSign(owner, request)
    await verifyCertificate(signed, origin, nowMs)
    return signed
  }
  const file = join(request.stateDir, 'certificate.json')
  const kept = await readJsonFile(file, signedCertificateSchema, 'remove it: a new one is made').catch(() => undefined)
  if (kept !== undefined && fits(kept, owner, request)) {
    const valid = await verifyCertificate(kept, origin, nowMs).then(
      () => true,
      () => false,
    )
    if (valid) return kept
  }
  const signed = await issue(owner, request, kept)
  await writeDurably(file, JSON.stringify(signed))
  return signed
}
