import { formatAmount, GstdError, type NetworkParameters, verifyAuthorisation } from '@gstd/sdk'
import type { Commitments } from './commitments.ts'
import type { EscrowState, RequesterChain } from './requesterView.ts'
import type { VerifiedSubmission } from './verifySubmission.ts'

/** Intake may use an escrow's state up to a minute old, less its own reservations (protocol §4). */
const MAX_AGE_MS = 60_000

const checkSession = (escrow: EscrowState, publicKey: string, nowMs: number): void => {
  const { key, expiresAtSec } = escrow.session
  if (key !== publicKey) {
    throw new GstdError('SESSION_KEY_UNKNOWN', 'the batch is not signed by the escrow’s session key', {
      details: { signer: publicKey, session_key: key },
      hint: 'set it with `gstd escrow deposit`',
    })
  }
  if (expiresAtSec * 1000 <= nowMs) {
    throw new GstdError('SESSION_KEY_UNKNOWN', 'the session key has expired', {
      details: { expires_at_sec: expiresAtSec },
      hint: 'set a new one with `gstd escrow deposit`',
    })
  }
}

/**
 * Reads the requester's escrow; looks again, past the cache, where the cached state would refuse the key.
 *
 * @throws GstdError `ESCROW_UNKNOWN`, `ESCROW_CLOSING`, `SESSION_KEY_UNKNOWN`
 */
export const readOpenEscrow = async (
  chain: RequesterChain,
  requester: string,
  publicKey: string,
  nowMs: number,
): Promise<EscrowState> => {
  const cached = await chain.readEscrow(requester, MAX_AGE_MS)
  const stale = cached === undefined || cached.session.key !== publicKey || cached.session.expiresAtSec * 1000 <= nowMs
  const escrow = stale ? await chain.readEscrow(requester, 0) : cached
  if (escrow === undefined) {
    throw new GstdError('ESCROW_UNKNOWN', 'the requester has no escrow on this vault', {
      details: { requester },
      hint: 'open one with `gstd escrow deposit`',
    })
  }
  if (escrow.closeAtSec !== 0) {
    throw new GstdError('ESCROW_CLOSING', 'the escrow is being closed and takes no new tasks', {
      details: { close_at_sec: escrow.closeAtSec },
    })
  }
  checkSession(escrow, publicKey, nowMs)
  return escrow
}

/** @throws GstdError `GSTD_INSUFFICIENT` when the requester holds less than the network asks for. */
export const checkGstd = async (
  chain: RequesterChain,
  requester: string,
  parameters: NetworkParameters,
): Promise<bigint> => {
  const minimumNano = BigInt(parameters.minimum_gstd_nano)
  const cached = await chain.readGstdBalance(requester, MAX_AGE_MS)
  const balanceNano = cached >= minimumNano ? cached : await chain.readGstdBalance(requester, 0)
  if (balanceNano < minimumNano) {
    throw new GstdError('GSTD_INSUFFICIENT', `submitting takes ${formatAmount(minimumNano)} GSTD`, {
      details: { balance_nano: balanceNano.toString(), minimum_nano: minimumNano.toString() },
    })
  }
  return balanceNano
}

/**
 * Checks that the session key authorised the most that may be charged once this batch is accepted.
 *
 * @param batchNano - what the acceptable tasks of the batch reserve
 * @throws GstdError `AUTHORISATION_INVALID`, `AUTHORISATION_TOO_LOW`, `SESSION_KEY_UNKNOWN` for a cap that is reached
 */
export const checkAuthorisation = async (
  submission: VerifiedSubmission,
  escrow: EscrowState,
  committed: Commitments,
  batchNano: bigint,
): Promise<void> => {
  const { authorisation, batch } = submission
  if (authorisation.escrow !== escrow.address || authorisation.public_key !== batch.header.signer) {
    throw new GstdError('AUTHORISATION_INVALID', 'the authorisation is for another escrow or by another key', {
      details: { escrow: escrow.address, named: authorisation.escrow },
    })
  }
  await verifyAuthorisation(authorisation, batch.header.network)
  const { chargedNano, acceptedNano, reservedNano } = committed
  const neededNano = chargedNano + acceptedNano + reservedNano + batchNano
  const details = {
    charged_nano: chargedNano.toString(),
    accepted_nano: acceptedNano.toString(),
    reserved_nano: reservedNano.toString(),
    batch_nano: batchNano.toString(),
    needed_nano: neededNano.toString(),
    max_cumulative_nano: authorisation.max_cumulative_nano,
    cap_nano: escrow.session.capNano.toString(),
  }
  if (BigInt(authorisation.max_cumulative_nano) < neededNano) {
    throw new GstdError('AUTHORISATION_TOO_LOW', 'the authorisation does not cover this batch', {
      details,
      hint: `authorise at least ${formatAmount(neededNano)} TON in all`,
    })
  }
  if (escrow.session.capNano < neededNano) {
    throw new GstdError('SESSION_KEY_UNKNOWN', 'the session key has reached its cap', { details })
  }
}
