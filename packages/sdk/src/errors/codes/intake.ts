import { defineCodes } from '../defineCodes.ts'

/** The five checks of a submission and its authorisation. */
export const intakeCodes = defineCodes({
  OPERATION_UNKNOWN: { fault: 'user', httpStatus: 422, meaning: 'The operation is not on the whitelist.' },
  MODEL_UNKNOWN: { fault: 'user', httpStatus: 422, meaning: 'The model is not on the whitelist.' },
  MODEL_NOT_ALLOWED: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'The model is on the whitelist, but not for this operation.',
  },
  PARAMS_INVALID: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'The operation does not take these `params`; `details.path` names the wrong one.',
  },
  LIMITS_OUT_OF_RANGE: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'A time limit, energy limit, deadline, redundancy or reward is outside the allowed range.',
  },
  ESCROW_UNKNOWN: {
    fault: 'user',
    httpStatus: 402,
    meaning: 'The requester has no escrow on this vault: run `gstd escrow deposit`.',
  },
  ESCROW_INSUFFICIENT: {
    fault: 'user',
    httpStatus: 402,
    meaning: 'The escrow does not cover what this batch may cost; `details` has the sums.',
  },
  ESCROW_CLOSING: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'The escrow is being closed and takes no new tasks.',
  },
  GSTD_INSUFFICIENT: {
    fault: 'user',
    httpStatus: 403,
    meaning: 'The wallet holds less GSTD than is asked for; `details` has both amounts.',
  },
  SESSION_KEY_UNKNOWN: {
    fault: 'user',
    httpStatus: 403,
    meaning: 'The signing key is not the escrow’s session key, has expired or has reached its cap.',
  },
  AUTHORISATION_INVALID: {
    fault: 'user',
    httpStatus: 403,
    meaning: 'The authorisation to charge is missing, malformed or not signed by the session key.',
  },
  AUTHORISATION_TOO_LOW: {
    fault: 'user',
    httpStatus: 402,
    meaning: 'The authorisation does not cover charged + accepted + reserved + this batch; `details` has the sums.',
  },
  TASK_CONFLICT: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'A task with this id exists with other bytes: make a new id.',
  },
  NONCE_REUSED: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'The nonce was used before by this requester: make a new one for every task and batch.',
  },
  INPUT_HASH_MISMATCH: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'The bytes of an input do not have the hash that the descriptor commits to.',
  },
  INPUT_SOURCE_REFUSED: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'An input’s address is not allowed: HTTPS only, no private or loopback hosts, raw single-block CIDs.',
  },
  REFERENCE_INVALID: {
    fault: 'user',
    httpStatus: 422,
    meaning: 'The known answer does not match its commitment, or has no output for each input.',
  },
  FEATURE_NOT_OFFERED: {
    fault: 'user',
    httpStatus: 501,
    meaning: 'This network does not offer the named feature yet; `details.feature` names it.',
  },
  RATE_LIMITED: {
    fault: 'user',
    httpStatus: 429,
    retryable: true,
    meaning: 'Too many requests, or too much waiting already: slow down and try again.',
  },
})
