import { defineCodes } from '../defineCodes.ts'

/** Transport, and what nobody foresaw. */
export const networkCodes = defineCodes({
  COORDINATOR_UNREACHABLE: {
    fault: 'network',
    httpStatus: 503,
    retryable: true,
    meaning: 'The coordinator does not answer at the configured address.',
  },
  SHUTTING_DOWN: {
    fault: 'network',
    httpStatus: 503,
    retryable: true,
    meaning: 'The coordinator is draining and takes nothing new: try again in a moment.',
  },
  AUDITOR_AWAITED: {
    fault: 'network',
    httpStatus: 503,
    retryable: true,
    meaning:
      'The coordinator was started anew and takes nothing until the auditor has confirmed that its log is complete.',
  },
  PEER_ERROR: { fault: 'peer', httpStatus: 502, meaning: 'A peer answered with an error this version does not know.' },
  AUTH_REQUIRED: {
    fault: 'user',
    httpStatus: 401,
    meaning: 'The request carries neither a fresh signature of the session key nor a valid token of the wallet.',
  },
  WALLET_PROOF_INVALID: {
    fault: 'user',
    httpStatus: 401,
    meaning: 'A wallet’s proof of its address (ton_proof) does not hold; `details.check` says what failed.',
  },
  ROUTE_UNKNOWN: { fault: 'user', httpStatus: 404, meaning: 'The coordinator has no such endpoint.' },
  BLOB_UNKNOWN: { fault: 'user', httpStatus: 404, meaning: 'The spool has no file with this hash.' },
  INTERNAL_ERROR: {
    fault: 'internal',
    httpStatus: 500,
    retryable: true,
    meaning: 'A defect: the message and the logged stack say where. Please report it.',
  },
})
