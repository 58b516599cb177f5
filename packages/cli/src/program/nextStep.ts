import type { ErrorCode, GstdError } from '@gstd/sdk'

/** The command that most often helps after an error. */
const STEPS: Partial<Record<ErrorCode, string>> = {
  ESCROW_UNKNOWN: 'gstd escrow deposit 1',
  ESCROW_INSUFFICIENT: 'gstd escrow deposit 1',
  SESSION_KEY_UNKNOWN: 'gstd escrow deposit 1',
  TASK_UNKNOWN: 'gstd task list',
  TASK_NOT_CANCELLABLE: 'gstd task get last --wait',
  TASK_WAIT_TIMEOUT: 'gstd task get last --wait',
  AUTHORISATION_TOO_LOW: 'gstd escrow show',
  CHAIN_TIMEOUT: 'gstd escrow show',
}

/** The same where the whole network is one's own. */
const DEVNET_STEPS: Partial<Record<ErrorCode, string>> = {
  COORDINATOR_UNREACHABLE: 'gstd coordinator start',
  CHAIN_UNAVAILABLE: 'gstd devnet start',
  WALLET_INSUFFICIENT: 'gstd wallet create --fund',
  GSTD_INSUFFICIENT: 'gstd wallet create --fund',
}

/**
 * Says which command to run after an error: what the error itself names (`details.next`) before the table.
 *
 * @param commandName - the command that failed
 * @param onDevnet - whether it was on the network that "gstd devnet start" makes
 */
export const nextStep = (error: GstdError, commandName: string | undefined, onDevnet: boolean): string | undefined => {
  const named = error.details['next']
  if (typeof named === 'string') return named
  if (error.code === 'USAGE_INVALID') return commandName === undefined ? 'gstd help' : `gstd ${commandName} --help`
  return STEPS[error.code] ?? (onDevnet ? DEVNET_STEPS[error.code] : undefined)
}
