import { GstdError, type NetworkParameters, verifyRequest } from '@gstd/sdk'
import type { FastifyRequest } from 'fastify'
import type { RequesterChain } from '../intake/requesterView.ts'

export type Authenticate = (request: FastifyRequest) => Promise<string>

/**
 * Builds the check of signed requests: the key must be the session key of the requester's escrow.
 *
 * @returns a function from a request to the requester's raw address; it throws `AUTH_REQUIRED`
 */
export const createAuthenticate =
  (parameters: NetworkParameters, chain: RequesterChain, clock: () => number): Authenticate =>
  async (request) => {
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
