import { GstdError, type NetworkParameters, verifyRequest } from '@gstd/sdk'
import type { FastifyRequest } from 'fastify'
import type { RequesterChain } from '../intake/requesterView.ts'
import type { WalletTokens } from './walletTokens.ts'

/** How requests say whose they are. Each function gives the requester's raw address, or throws `AUTH_REQUIRED`. */
export type Authenticate = {
  /** For what only reads: signed by the session key, or with a token that the wallet's proof was exchanged for. */
  reader(request: FastifyRequest): Promise<string>
  /** For what changes something: signed by the session key. */
  actor(request: FastifyRequest): Promise<string>
}

const BEARER = 'Bearer '

/** Builds the check of requests; the key that signed one must be the session key of the requester's escrow. */
export const createAuthenticate = (
  parameters: NetworkParameters,
  chain: RequesterChain,
  tokens: WalletTokens,
  clock: () => number,
): Authenticate => {
  const actor = async (request: FastifyRequest): Promise<string> => {
    const signed = await verifyRequest(request.headers.authorization, {
      network: parameters.network,
      vault: parameters.vault,
      method: request.method,
      path: request.url,
      nowMs: clock(),
    })
    const cached = await chain.readEscrow(signed.requester, 60_000)
    const escrow = cached?.session.key === signed.public_key ? cached : await chain.readEscrow(signed.requester, 0)
    if (escrow?.session.key !== signed.public_key || escrow.session.expiresAtSec * 1000 <= clock()) {
      throw new GstdError('AUTH_REQUIRED', 'the key is not a valid session key of this requester', {
        details: { requester: signed.requester },
        hint: 'set it with `gstd escrow deposit`',
      })
    }
    return signed.requester
  }
  return {
    actor,
    reader: async (request) => {
      const header = request.headers.authorization
      if (header === undefined || !header.startsWith(BEARER)) return actor(request)
      const requester = tokens.requesterOf(header.slice(BEARER.length))
      if (requester !== undefined) return requester
      throw new GstdError('AUTH_REQUIRED', 'the token is unknown or has expired', {
        hint: 'have the wallet prove its address again: POST /api/v1/auth/challenge',
      })
    },
  }
}
