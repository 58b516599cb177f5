import { asDurationMs, asName, asOneOf, withDefault } from './option.ts'

/** Whose escrow, session and tasks a command is about. */
export const walletOption = withDefault(
  { flags: '--wallet <name>', summary: 'the requester’s wallet', env: 'GSTD_WALLET', parse: asName },
  'default',
)

export const untilOption = withDefault(
  {
    flags: '--until <status>',
    summary: 'wait for delivered (provisional), accepted (final) or paid (on chain)',
    parse: asOneOf(['delivered', 'accepted', 'paid']),
  },
  'delivered',
)

export const timeoutOption = withDefault(
  { flags: '--timeout <duration>', summary: 'stop waiting after this time; the tasks go on', parse: asDurationMs },
  '10m',
)
