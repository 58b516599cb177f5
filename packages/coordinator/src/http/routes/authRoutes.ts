import { parseWith, walletProofSchema } from '@gstd/sdk'
import type { FastifyInstance } from 'fastify'
import { bodyJson } from '../createServer.ts'
import type { WalletTokens } from '../walletTokens.ts'

/** A proof with its wallet's initial state takes about 2 KiB. */
const MAX_PROOF_BYTES = 32 * 1024

/** Challenges for wallets, and the tokens for their proofs. */
export const authRoutes = (server: FastifyInstance, tokens: WalletTokens): void => {
  server.post('/api/v1/auth/challenge', async () => tokens.challenge())

  server.post('/api/v1/auth/ton-proof', { bodyLimit: MAX_PROOF_BYTES }, async (request) =>
    tokens.exchange(parseWith(walletProofSchema, bodyJson(request), 'DOCUMENT_MALFORMED', 'the proof')),
  )
}
