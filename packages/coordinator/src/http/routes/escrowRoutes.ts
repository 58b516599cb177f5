import { type EscrowView, GstdError, parseWith } from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RequesterChain } from '../../intake/requesterView.ts'
import { readCommitments } from '../../intake/commitments.ts'
import type { Journal } from '../../log/journal.ts'
import type { Authenticate } from '../authenticate.ts'

export const escrowOwnerSchema = z.strictObject({ requester: z.string() })

/** What the next authorisation of a requester must cover. */
export const escrowRoutes = (
  server: FastifyInstance,
  { journal, chain, authenticate }: { journal: Journal; chain: RequesterChain; authenticate: Authenticate },
): void => {
  server.get('/api/v1/escrows/:requester', async (request): Promise<EscrowView> => {
    const caller = await authenticate.reader(request)
    const { requester } = parseWith(escrowOwnerSchema, request.params, 'DOCUMENT_MALFORMED', 'the address')
    if (requester !== caller) throw new GstdError('AUTH_REQUIRED', 'an escrow is shown to its requester only')
    const escrow = await chain.readEscrow(requester, 60_000)
    if (escrow === undefined) throw new GstdError('ESCROW_UNKNOWN', 'the requester has no escrow on this vault')
    const { chargedNano, acceptedNano, reservedNano } = await readCommitments(journal, escrow)
    return {
      escrow: escrow.address,
      requester,
      balance_nano: escrow.balanceNano.toString(),
      charged_nano: chargedNano.toString(),
      accepted_nano: acceptedNano.toString(),
      reserved_nano: reservedNano.toString(),
    }
  })
}
