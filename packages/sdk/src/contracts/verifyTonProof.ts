import { Address, beginCell, Cell, contractAddress, loadStateInit, type Slice, storeStateInit } from '@ton/core'
import { WalletContractV4, WalletContractV5R1 } from '@ton/ton'
import { verifySignature } from '../crypto/ed25519.ts'
import type { OwnerSignature } from '../documents/certificate.ts'
import { signTonProof, tonProofHash, tonProofSignature, type WalletProof } from '../documents/tonProof.ts'
import type { Signer } from '../crypto/ed25519.ts'
import { GstdError } from '../errors/GstdError.ts'

const KEY_BYTES = 32
const DEFAULT_MAX_AGE_SEC = 900
const MAX_AHEAD_SEC = 60

const anyKey = Buffer.alloc(KEY_BYTES)
const hashOf = (code: Cell): string => code.hash().toString('hex')

/** Wallet contracts whose code is known, and where each keeps its key. */
const wallets: ReadonlyMap<string, (data: Slice) => Buffer> = new Map([
  [
    hashOf(WalletContractV5R1.create({ workchain: 0, publicKey: anyKey }).init.code),
    (data: Slice) => data.skip(1 + 32 + 32).loadBuffer(KEY_BYTES),
  ],
  [
    hashOf(WalletContractV4.create({ workchain: 0, publicKey: anyKey }).init.code),
    (data: Slice) => data.skip(32 + 32).loadBuffer(KEY_BYTES),
  ],
])

export type TonProofChecks = {
  /** Domains that the wallet may have shown to its owner. */
  domains: readonly string[]
  /** Unix seconds. */
  nowSec: number
  maxAgeSec?: number
}

const refuse = (check: string, message: string, hint?: string): GstdError =>
  new GstdError('WALLET_PROOF_INVALID', message, { details: { check }, ...(hint !== undefined && { hint }) })

/** @returns the key of the wallet that an address belongs to, by its initial state. */
const keyOf = ({ address, state_init }: WalletProof): string => {
  let state: ReturnType<typeof loadStateInit>
  try {
    state = loadStateInit(Cell.fromBase64(state_init).beginParse())
  } catch {
    throw refuse('state_init', 'the wallet’s initial state cannot be read')
  }
  const account = Address.parseRaw(address)
  if (!contractAddress(account.workChain, state).equals(account)) {
    throw refuse('address', 'the address is not the one of this initial state')
  }
  const { code, data } = state
  const load = code ? wallets.get(hashOf(code)) : undefined
  if (load === undefined || !data) {
    throw refuse('wallet', 'the wallet’s contract is not known', 'wallets v4r2 and v5r1 are')
  }
  try {
    return load(data.beginParse()).toString('hex')
  } catch {
    throw refuse('wallet', 'the wallet’s data cannot be read')
  }
}

/**
 * Checks a wallet's proof of its address: the initial state leads to the address, its code is a wallet's that is known,
 * and that wallet's key signed domain, time and payload. Whether the payload is a challenge of the verifier, and whether
 * it was used before, is the caller's check.
 *
 * @returns the wallet's address, raw, and its public key
 * @throws GstdError `WALLET_PROOF_INVALID`, `details.check` says what failed
 */
export const verifyTonProof = async (
  walletProof: WalletProof,
  { domains, nowSec, maxAgeSec = DEFAULT_MAX_AGE_SEC }: TonProofChecks,
): Promise<{ address: string; publicKey: string }> => {
  const { address, proof } = walletProof
  const { domain, timestamp, payload } = proof
  if (!domains.includes(domain.value) || domain.lengthBytes !== new TextEncoder().encode(domain.value).length) {
    throw refuse('domain', `the proof was made for ${domain.value}, not for this coordinator`)
  }
  if (timestamp > nowSec + MAX_AHEAD_SEC || nowSec - timestamp > maxAgeSec) {
    throw refuse('age', 'the proof is too old, or of the future', 'make a new one; check the clock')
  }
  const publicKey = keyOf(walletProof)
  const signature = tonProofSignature(proof)
  const hash = tonProofHash({ address, domain: domain.value, timestamp, payload })
  if (signature === undefined || !(await verifySignature(publicKey, hash, signature))) {
    throw refuse('signature', 'the wallet’s key did not sign this proof')
  }
  return { address, publicKey }
}

export type WalletProofOptions = {
  /** The wallet's key. */
  signer: Signer
  wallet: OwnerSignature['wallet']
  /** Global id of the network, which is in the address of a wallet v5r1. */
  network: number
  domain: string
  payload: string
  /** Unix seconds. */
  timestamp: number
}

/** Proves a standard wallet's address as a TonConnect wallet does. */
export const proveWallet = async (options: WalletProofOptions): Promise<WalletProof> => {
  const { signer, domain, payload, timestamp } = options
  const publicKey = Buffer.from(signer.publicKey, 'hex')
  const { address, init } =
    options.wallet === 'v4r2'
      ? WalletContractV4.create({ workchain: 0, publicKey })
      : WalletContractV5R1.create({ workchain: 0, publicKey, walletId: { networkGlobalId: options.network } })
  const raw = address.toRawString()
  return {
    address: raw,
    state_init: beginCell().store(storeStateInit(init)).endCell().toBoc().toString('base64'),
    proof: await signTonProof({ address: raw, domain, payload, timestamp }, signer),
  }
}
