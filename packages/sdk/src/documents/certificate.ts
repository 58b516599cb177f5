import { z } from 'zod'
import { fromHex } from '../canonical/hex.ts'
import { type Signer, verifySignature } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/sha256.ts'
import { GstdError } from '../errors/GstdError.ts'
import { defineDocument } from './defineDocument.ts'
import { basechainAddress, count, hex32, hex64, type Origin, origin, rawAddress, unixMs } from './fields.ts'

/** Device certificate, protocol §4: an owner's wallet vouches for a device key and says where its pay goes. */
export const certificateSchema = z.strictObject({
  ...origin,
  owner: rawAddress,
  device_key: hex32,
  payout_address: basechainAddress,
  issued_at: unixMs,
  expires_at: unixMs,
  /** A higher revision replaces a lower one of the same device key. */
  revision: count,
})

/** The owner's signature in the format of TonConnect's `signData` with a binary payload. */
export const ownerSignatureSchema = z.strictObject({
  public_key: hex32,
  /** Wallet contract whose address belongs to the key. */
  wallet: z.enum(['v5r1', 'v4r2']),
  domain: z.string().min(1).max(128),
  /** Unix seconds. */
  timestamp: count,
  signature: hex64,
})

export const signedCertificateSchema = z.strictObject({
  certificate: certificateSchema,
  owner_signature: ownerSignatureSchema,
  device_signature: hex64,
})

/**
 * A certificate as logs and receipts may hold it: earlier versions took payout addresses that the vault cannot pay to,
 * and what was logged is never changed. Nobody takes a new one: {@link checkPayoutAddress}.
 */
export const loggedCertificateSchema = signedCertificateSchema.extend({
  certificate: certificateSchema.extend({ payout_address: rawAddress }),
})

export type Certificate = z.output<typeof certificateSchema>
export type OwnerSignature = z.output<typeof ownerSignatureSchema>
export type SignedCertificate = z.output<typeof signedCertificateSchema>

export const certificateDocument = defineDocument('certificate', certificateSchema, 'CERTIFICATE_INVALID')

const encoder = new TextEncoder()

const uint = (value: number | bigint, byteCount: number): Uint8Array => {
  const bytes = new Uint8Array(byteCount)
  for (let rest = BigInt.asUintN(byteCount * 8, BigInt(value)), at = byteCount; at-- > 0; rest >>= 8n) {
    bytes[at] = Number(rest & 0xffn)
  }
  return bytes
}

/**
 * Hash that a wallet signs for TonConnect's `signData` (binary payload):
 * SHA-256(0xffff ‖ "ton-connect/sign-data/" ‖ address ‖ domain ‖ timestamp ‖ "bin" ‖ payload), lengths included.
 *
 * @param owner - raw address
 * @param timestamp - unix seconds
 */
export const signDataHash = (owner: string, domain: string, timestamp: number, payload: Uint8Array): Uint8Array => {
  const [workchain = '', account = ''] = owner.split(':')
  const domainBytes = encoder.encode(domain)
  return sha256(
    Uint8Array.of(0xff, 0xff),
    encoder.encode('ton-connect/sign-data/'),
    uint(Number(workchain), 4),
    fromHex(account),
    uint(domainBytes.length, 4),
    domainBytes,
    uint(timestamp, 8),
    encoder.encode('bin'),
    uint(payload.length, 4),
    payload,
  )
}

export type SignCertificateOptions = {
  certificate: Certificate
  owner: Signer
  wallet: OwnerSignature['wallet']
  device: Signer
  domain?: string
}

/** Signs a certificate with the owner's wallet key and counter-signs it with the device key. */
export const signCertificate = async (options: SignCertificateOptions): Promise<SignedCertificate> => {
  const { certificate, owner, device, wallet, domain = 'gstd' } = options
  const hash = certificateDocument.hash(certificate)
  const timestamp = Math.floor(certificate.issued_at / 1000)
  return {
    certificate,
    owner_signature: {
      public_key: owner.publicKey,
      wallet,
      domain,
      timestamp,
      signature: await owner.sign(signDataHash(certificate.owner, domain, timestamp, hash)),
    },
    device_signature: await device.sign(hash),
  }
}

/**
 * Checks that the vault can pay to a certificate's payout address.
 *
 * @throws GstdError `CERTIFICATE_INVALID` for one outside the basechain
 */
export const checkPayoutAddress = ({ payout_address: address }: Pick<Certificate, 'payout_address'>): void => {
  if (basechainAddress.safeParse(address).success) return
  throw new GstdError('CERTIFICATE_INVALID', `payouts go to the basechain, and ${address} is not there`, {
    details: { payout_address: address },
    hint: 'let the owner issue a certificate whose payout address begins with 0:',
  })
}

/**
 * Checks network, validity and both signatures of a certificate. That the owner's key belongs to the owner's
 * address takes a TON library: `verifyOwnerAddress` of `@gstd/sdk/contracts`.
 *
 * @param atMs - unix ms at which it must be valid
 * @throws GstdError `CERTIFICATE_INVALID` or `NETWORK_MISMATCH`
 */
export const verifyCertificate = async (signed: SignedCertificate, expected: Origin, atMs: number): Promise<void> => {
  const { certificate, owner_signature: byOwner, device_signature } = signed
  if (certificate.network !== expected.network || certificate.vault !== expected.vault) {
    throw new GstdError('NETWORK_MISMATCH', 'the certificate is for another network or vault')
  }
  if (atMs < certificate.issued_at - 5 * 60_000 || atMs >= certificate.expires_at) {
    throw new GstdError('CERTIFICATE_INVALID', 'the certificate is not valid at this time', {
      details: { issued_at: certificate.issued_at, expires_at: certificate.expires_at, at: atMs },
      hint: 'let the owner issue a new one',
    })
  }
  const hash = certificateDocument.hash(certificate)
  const ownerHash = signDataHash(certificate.owner, byOwner.domain, byOwner.timestamp, hash)
  if (!(await verifySignature(byOwner.public_key, ownerHash, byOwner.signature))) {
    throw new GstdError('CERTIFICATE_INVALID', 'the owner’s signature does not match the certificate')
  }
  if (!(await verifySignature(certificate.device_key, hash, device_signature))) {
    throw new GstdError('CERTIFICATE_INVALID', 'the device key did not counter-sign the certificate')
  }
}
