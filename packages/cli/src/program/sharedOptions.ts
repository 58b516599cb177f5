import { GstdError } from '@gstd/sdk'
import { asDurationMs, asName, asOneOf, type Option, optional, withDefault } from './option.ts'

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

const MAX_SESSION_MS = 7 * 86_400_000

const asSessionMs = (text: string): number => {
  const durationMs = asDurationMs(text)
  if (durationMs >= 60_000 && durationMs <= MAX_SESSION_MS) return durationMs
  throw new GstdError('USAGE_INVALID', `"${text}" is not between 1m and 7d, which is what the contract allows`)
}

/** How long a session key lasts, in milliseconds; undefined where nobody asked for a time. */
export const sessionExpiresOption = (flags: string): Option<number | undefined> => ({
  ...optional({ flags, summary: 'how long the session key lasts, at most 7d', parse: asSessionMs }),
  defaultText: '7d',
})
