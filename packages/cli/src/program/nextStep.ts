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
}

/** The same where the whole network is one's own. */
const DEVNET_STEPS: Partial<Record<ErrorCode, string>> = {
  CHAIN_UNAVAILABLE: 'gstd devnet start',
  WALLET_INSUFFICIENT: 'gstd wallet create --fund',
  GSTD_INSUFFICIENT: 'gstd wallet create --fund',
}

/** Whether a command was on the network that "gstd devnet start" makes, and on its own coordinator. */
export type OwnNetwork = { chain: boolean; coordinator: boolean }

/** By a command's first word, where what it sends to the chain shows. */
const LOOKS = new Map([
  ['escrow', 'gstd escrow show'],
  ['session', 'gstd escrow show'],
  ['stake', 'gstd stake show'],
  ['wallet', 'gstd wallet balance'],
])

/** @returns the command that shows what a message to the chain has done, if there is one. */
export const lookAtChain = (commandName: string | undefined): string | undefined =>
  LOOKS.get(commandName?.split(' ')[0] ?? '')

/**
 * Says which command to run after an error: what the error itself names (`details.next`) before the table.
 *
 * @param commandName - the command that failed
 * @param own - what is the user's own to start
 */
export const nextStep = (error: GstdError, commandName: string | undefined, own: OwnNetwork): string | undefined => {
  const named = error.details['next']
  if (typeof named === 'string') return named
  if (error.code === 'USAGE_INVALID') return commandName === undefined ? 'gstd help' : `gstd ${commandName} --help`
  if (error.code === 'COORDINATOR_UNREACHABLE') return own.coordinator ? 'gstd coordinator start' : undefined
  if (error.code === 'CHAIN_TIMEOUT') return lookAtChain(commandName)
  return STEPS[error.code] ?? (own.chain ? DEVNET_STEPS[error.code] : undefined)
}
