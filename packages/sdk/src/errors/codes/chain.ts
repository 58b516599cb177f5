import { defineCodes } from '../defineCodes.ts'

/** The chain: endpoint, contracts, wallets. */
export const chainCodes = defineCodes({
  CHAIN_UNAVAILABLE: {
    fault: 'chain',
    httpStatus: 503,
    retryable: true,
    meaning: 'The TON endpoint does not answer, or not in its dialect.',
  },
  CHAIN_STATE_INVALID: {
    fault: 'chain',
    httpStatus: 502,
    meaning: 'A contract’s state is not what its code can produce: wrong address, network or version.',
  },
  CHAIN_TIMEOUT: {
    fault: 'chain',
    httpStatus: 504,
    retryable: true,
    meaning: 'A message was sent, but its effect was not seen in time; it may still arrive.',
  },
  CONTRACT_REFUSED: {
    fault: 'chain',
    httpStatus: 409,
    meaning: 'A contract refused a message; `details.exit_code` says why (contracts/README.md).',
  },
  WALLET_INSUFFICIENT: {
    fault: 'user',
    httpStatus: 402,
    meaning: 'The wallet does not hold enough TON for the amount and its fees.',
  },
  AUDITOR_REFUSED: {
    fault: 'peer',
    httpStatus: 409,
    meaning: 'The auditor did not sign; `details.reason` says exactly why.',
  },
})
