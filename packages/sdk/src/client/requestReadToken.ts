import { z } from 'zod'
import { canonicalJson } from '../canonical/canonicalJson.ts'
import type { WalletProof } from '../documents/tonProof.ts'
import { parseWith } from '../errors/fromZodError.ts'
import { GstdError } from '../errors/GstdError.ts'
import { reviveError } from '../errors/toGstdError.ts'
import { checkReadTokenOptions } from './checkOptions.ts'
import { coordinatorUrl } from './coordinatorUrl.ts'

const challengeSchema = z.object({ payload: z.string().min(1).max(128), domain: z.string().min(1).max(128) })
const tokenSchema = z.object({ token: z.string().min(1).max(256), requester: z.string(), expires_at: z.int() })

/** What a coordinator wants a wallet to sign. */
export type ProofChallenge = { payload: string; domain: string }

/** Lets whoever has it read as the requester until it expires, unix milliseconds. */
export type ReadToken = { token: string; requester: string; expiresAt: number }

export type ReadTokenOptions = {
  /** The coordinator's address. */
  coordinator: string
  /** Has the wallet prove its address: `proveWallet` of `@gstd/sdk/contracts`, or TonConnect. */
  prove: (challenge: ProofChallenge) => Promise<WalletProof>
  fetch?: typeof globalThis.fetch
  signal?: AbortSignal
}

const TIMEOUT_MS = 30_000

/**
 * Exchanges a wallet's proof of its address for a token, to be sent as `Authorization: Bearer TOKEN`: it reads tasks,
 * receipts and the escrow where there is no session key, and can do nothing else.
 *
 * @throws GstdError `WALLET_PROOF_INVALID`, `COORDINATOR_UNREACHABLE`, `PEER_ERROR`, `CONFIG_INVALID` for the options
 */
export const requestReadToken = async (options: ReadTokenOptions): Promise<ReadToken> => {
  checkReadTokenOptions(options)
  const url = coordinatorUrl(options.coordinator)
  const { fetch = globalThis.fetch.bind(globalThis) } = options
  const post = async (path: string, body: string): Promise<unknown> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    let response: Response
    let answer: unknown
    try {
      response = await fetch(url + path, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body,
        signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      })
      answer = await response.json()
    } catch (cause) {
      options.signal?.throwIfAborted()
      throw new GstdError('COORDINATOR_UNREACHABLE', `no answer from the coordinator at ${url}`, {
        details: { coordinator: url },
        cause,
      })
    }
    if (!response.ok) throw reviveError(answer)
    return answer
  }
  const challenge = parseWith(
    challengeSchema,
    await post('/api/v1/auth/challenge', '{}'),
    'PEER_ERROR',
    'the coordinator’s challenge',
  )
  const proof = await options.prove(challenge)
  const answer = await post('/api/v1/auth/ton-proof', canonicalJson(proof))
  const { token, requester, expires_at } = parseWith(tokenSchema, answer, 'PEER_ERROR', 'the coordinator’s token')
  return { token, requester, expiresAt: expires_at }
}
