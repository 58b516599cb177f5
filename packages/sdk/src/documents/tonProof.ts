import { z } from 'zod'
import { fromBase64, toBase64 } from '../canonical/base64.ts'
import { fromHex, toHex } from '../canonical/hex.ts'
import type { Signer } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/sha256.ts'
import { count, rawAddress } from './fields.ts'

const MAX_DOMAIN_BYTES = 128
const MAX_PAYLOAD_BYTES = 128
/** A wallet's code and first data take about 1 KiB. */
const MAX_STATE_INIT = 16_384

/** The part of TonConnect's `ton_proof` that the wallet answers with, in TonConnect's own spelling. */
const tonProofSchema = z.strictObject({
  /** Unix seconds. */
  timestamp: count,
  domain: z.strictObject({
    lengthBytes: z.int().min(1).max(MAX_DOMAIN_BYTES),
    value: z.string().min(1).max(MAX_DOMAIN_BYTES),
  }),
  /** What the verifier asked to be signed. */
  payload: z.string().min(1).max(MAX_PAYLOAD_BYTES),
  /** 64 bytes in base64. */
  signature: z.string().max(128),
})

/** A wallet's proof that its address is its own: TonConnect's proof, and the state that the address follows from. */
export const walletProofSchema = z.strictObject({
  address: rawAddress,
  /** The wallet's initial state, a BoC in base64: `walletStateInit` of TonConnect's account. */
  state_init: z.string().min(1).max(MAX_STATE_INIT),
  proof: tonProofSchema,
})

export type TonProof = z.output<typeof tonProofSchema>
export type WalletProof = z.output<typeof walletProofSchema>

const encoder = new TextEncoder()

const bigEndian32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value)
  return bytes
}
const littleEndian32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
const littleEndian64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}

/** What a proof is about, besides the time and the payload. */
export type TonProofFields = { address: string; domain: string; timestamp: number; payload: string }

/**
 * Hash that a wallet signs for TonConnect's `ton_proof`: SHA-256(0xffff ‖ "ton-connect" ‖ SHA-256("ton-proof-item-v2/" ‖
 * workchain ‖ account ‖ length of the domain ‖ domain ‖ timestamp ‖ payload)); the workchain is big-endian, length and
 * time are little-endian.
 *
 * @param fields - raw address; unix seconds
 */
export const tonProofHash = ({ address, domain, timestamp, payload }: TonProofFields): Uint8Array => {
  const [workchain = '', account = ''] = address.split(':')
  const domainBytes = encoder.encode(domain)
  const message = sha256(
    encoder.encode('ton-proof-item-v2/'),
    bigEndian32(Number(workchain)),
    fromHex(account),
    littleEndian32(domainBytes.length),
    domainBytes,
    littleEndian64(timestamp),
    encoder.encode(payload),
  )
  return sha256(Uint8Array.of(0xff, 0xff), encoder.encode('ton-connect'), message)
}

/**
 * Makes a `ton_proof` as a wallet does.
 *
 * @param signer - the wallet's key
 */
export const signTonProof = async (fields: TonProofFields, signer: Signer): Promise<TonProof> => ({
  timestamp: fields.timestamp,
  domain: { lengthBytes: encoder.encode(fields.domain).length, value: fields.domain },
  payload: fields.payload,
  signature: toBase64(fromHex(await signer.sign(tonProofHash(fields)))),
})

/** @returns the proof's signature in lower-case hex; undefined when it is none. */
export const tonProofSignature = ({ signature }: TonProof): string | undefined => {
  try {
    const bytes = fromBase64(signature)
    return bytes.length === 64 ? toHex(bytes) : undefined
  } catch {
    return undefined
  }
}
