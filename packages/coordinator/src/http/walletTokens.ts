import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { GstdError, type WalletProof } from '@gstd/sdk'
import { verifyTonProof } from '@gstd/sdk/contracts'

/** Reading for wallets without a session key: challenges to sign, and the tokens that proofs are exchanged for. */
export type WalletTokens = {
  /** @returns what a wallet is to sign, the domain for which, and until when, unix ms */
  challenge(): { payload: string; domain: string; expires_at: number }
  /**
   * Exchanges a wallet's proof for a token; each challenge is good for one.
   *
   * @throws GstdError `WALLET_PROOF_INVALID`, `RATE_LIMITED`
   */
  exchange(proof: WalletProof): Promise<{ token: string; requester: string; expires_at: number }>
  /** @returns the requester whom a token lets read; undefined for none, or one that has expired */
  requesterOf(token: string): string | undefined
}

const CHALLENGE_MS = 600_000
const TOKEN_MS = 3_600_000
const NONCE_BYTES = 16
const MAC_BYTES = 16
/** What is remembered at most: of a wallet that asks again and again its oldest token goes. */
const MAX_TOKENS = 10_000
const MAX_TOKENS_PER_WALLET = 8
const MAX_USED = 100_000

type Token = { requester: string; expiresAtMs: number }

const refuse = (check: string, message: string): GstdError =>
  new GstdError('WALLET_PROOF_INVALID', message, { details: { check }, hint: 'ask for a new challenge' })

/**
 * Builds the exchange. A challenge carries its own end and a code of this process, so that asking for one costs no
 * memory; what was used is remembered until it ends. All of it is gone with the process.
 *
 * @param domains - that proofs may be made for; the first one is named in challenges
 * @param clock - unix ms
 */
export const createWalletTokens = (domains: readonly string[], clock: () => number): WalletTokens => {
  const secret = randomBytes(32)
  const used = new Map<string, number>()
  /** By their hash, in the order in which they expire. */
  const tokens = new Map<string, Token>()

  const macOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest().subarray(0, MAC_BYTES)
  const keyOf = (token: string): string => createHash('sha256').update(token).digest('hex')

  /** Drops what has ended; both maps keep the order in which it does, to within a challenge's life. */
  const forget = (nowMs: number): void => {
    for (const [payload, expiresAtMs] of used) if (expiresAtMs <= nowMs) used.delete(payload)
    for (const [key, { expiresAtMs }] of tokens) {
      if (expiresAtMs > nowMs) break
      tokens.delete(key)
    }
  }

  const checkChallenge = (payload: string, nowMs: number): number => {
    const match = /^([0-9a-f]{32})([0-9a-f]{12})([0-9a-f]{32})$/.exec(payload)
    const [, nonce = '', end = '', mac = ''] = match ?? []
    if (match === null || !timingSafeEqual(macOf(nonce + end), Buffer.from(mac, 'hex'))) {
      throw refuse('challenge', 'the proof is not over a challenge of this coordinator')
    }
    const expiresAtMs = Number.parseInt(end, 16)
    if (expiresAtMs <= nowMs) throw refuse('challenge', 'the challenge has expired')
    if (used.has(payload)) throw refuse('challenge', 'the challenge was used before')
    return expiresAtMs
  }

  const dropOldest = (requester: string): void => {
    const own = [...tokens].filter(([, token]) => token.requester === requester)
    for (const [key] of own.slice(0, Math.max(0, own.length + 1 - MAX_TOKENS_PER_WALLET))) tokens.delete(key)
  }

  return {
    challenge: () => {
      const expiresAtMs = clock() + CHALLENGE_MS
      const text = randomBytes(NONCE_BYTES).toString('hex') + expiresAtMs.toString(16).padStart(12, '0')
      return { payload: text + macOf(text).toString('hex'), domain: domains[0] ?? '', expires_at: expiresAtMs }
    },
    exchange: async (proof) => {
      const nowMs = clock()
      const { payload } = proof.proof
      const challengeEndMs = checkChallenge(payload, nowMs)
      const { address } = await verifyTonProof(proof, { domains, nowSec: Math.floor(nowMs / 1000) })
      forget(nowMs)
      if (used.has(payload)) throw refuse('challenge', 'the challenge was used before')
      if (tokens.size >= MAX_TOKENS || used.size >= MAX_USED) {
        throw new GstdError('RATE_LIMITED', 'too many wallets are reading already')
      }
      used.set(payload, challengeEndMs)
      dropOldest(address)
      const token = randomBytes(32).toString('base64url')
      const expiresAtMs = nowMs + TOKEN_MS
      tokens.set(keyOf(token), { requester: address, expiresAtMs })
      return { token, requester: address, expires_at: expiresAtMs }
    },
    requesterOf: (token) => {
      const found = tokens.get(keyOf(token))
      return found !== undefined && found.expiresAtMs > clock() ? found.requester : undefined
    },
  }
}
