import { GstdError } from '../errors/GstdError.ts'

/** Exit codes of the contracts: contracts/src/errors.tolk. */
export const refusals = {
  NOT_OWNER: 401,
  NOT_VAULT: 402,
  NOT_ESCROW: 403,
  WRONG_WORKCHAIN: 404,
  TOO_LITTLE_VALUE: 405,
  WRONG_NETWORK: 406,
  WRONG_CONTRACT: 407,
  EXPIRED: 408,
  NOT_GUARDIAN: 409,
  COORDINATOR_SIGNATURE: 410,
  AUDITOR_SIGNATURE: 411,
  SESSION_SIGNATURE: 412,
  SESSION_EXPIRED: 413,
  SESSION_TOO_LONG: 414,
  SESSION_STILL_CHARGEABLE: 415,
  SESSION_LOWERED: 416,
  CHARGE_OUT_OF_ORDER: 420,
  CHARGE_NOT_INCREASING: 421,
  CHARGE_OVER_AUTHORISED: 422,
  CHARGE_OVER_CAP: 423,
  CHARGE_OVER_BALANCE: 424,
  ESCROW_CLOSED: 425,
  CLOSE_TOO_EARLY: 426,
  ZERO_AMOUNT: 427,
  NOTHING_TO_RECLAIM: 428,
  FROZEN: 430,
  WRONG_EPOCH: 431,
  EPOCH_UNDER_WAY: 432,
  SUMS_DIFFER: 433,
  NOTHING_TO_EXECUTE: 434,
  WINDOW_OPEN: 435,
  WRONG_BATCH: 436,
  OVER_COMMITTED: 437,
  WINDOW_CLOSED: 438,
  NOT_FROZEN: 439,
  JETTON_BALANCE: 440,
  JETTON_SENDER: 441,
  TOO_EARLY: 442,
  CHANGE_OUT_OF_ORDER: 443,
  NO_CHANGE_PENDING: 444,
  OVER_STAKE: 450,
  SLASH_OUT_OF_ORDER: 451,
  SLASH_PENDING: 452,
  SLASH_TOO_HIGH: 453,
  NO_SLASH_PENDING: 454,
  DEVICE_LISTED: 455,
  TOO_MANY_DEVICES: 456,
  UNKNOWN_DEVICE: 457,
  WRONG_PROOF: 458,
} as const

/** Turns a contract's exit code into an error of the project. */
export const contractError = (exitCode: number): GstdError => {
  const refusal = Object.entries(refusals).find(([, code]) => code === exitCode)?.[0] ?? 'UNKNOWN'
  return new GstdError('CONTRACT_REFUSED', `a contract refused the message: ${refusal} (exit code ${exitCode})`, {
    details: { exit_code: exitCode, refusal },
  })
}
