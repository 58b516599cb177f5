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
  STAKE_INSUFFICIENT: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'Less is staked than is asked for, or nothing is unbonding; what a slash has locked is neither.',
  },
  STAKE_UNBONDING: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'Stake that was taken out is paid back 7 days later, and another withdrawal starts these 7 days anew.',
  },
  SLASH_NOT_OPEN: {
    fault: 'user',
    httpStatus: 409,
    meaning: 'No slash of this account can be appealed: none is pending, or its 72 h are over.',
  },
  AUDITOR_REFUSED: {
    fault: 'peer',
    httpStatus: 409,
    meaning: 'The auditor did not sign; `details.reason` says exactly why.',
  },
})
