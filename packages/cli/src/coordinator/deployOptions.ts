import { GstdError, type NetworkConfig, parseAmount } from '@gstd/sdk'
import { isDevnet, type NetworkName } from '../keystore/createKeyring.ts'

/** What a deployment is told. */
export type DeployChoice = {
  name: string
  globalId: number | undefined
  /** Milliseconds. */
  challengeWindow: number
  /** Milliseconds. */
  epoch: number
  /** TON. */
  epochAmount: string | undefined
  minimumPayout: string
  independence: NetworkConfig['independence'] | undefined
  gstdMaster: string | undefined
}

/** Global ids of the TON networks that a name stands for; a devnet has testnet's. */
const GLOBAL_IDS: Readonly<Record<string, number>> = { mainnet: -239, testnet: -3, devnet: -3 }

const MIN_WINDOW_MS = 600_000
const MIN_EPOCH_MS = 60_000

const refuse = (flag: string, message: string, hint: string): GstdError =>
  new GstdError('USAGE_INVALID', `${flag}: ${message}`, { details: { option: flag }, hint })

/** @throws GstdError `USAGE_INVALID` for a name that does not say on which TON network it is */
export const networkNameOf = ({ name, globalId }: Pick<DeployChoice, 'name' | 'globalId'>): NetworkName => {
  const known = Object.hasOwn(GLOBAL_IDS, name) ? GLOBAL_IDS[name] : undefined
  if (known !== undefined && globalId !== undefined && globalId !== known) {
    throw refuse('--global-id', `${name} has the id ${known}`, 'leave it out, or take another --name')
  }
  const network = globalId ?? known
  if (network === undefined) {
    throw refuse('--global-id', `"${name}" does not say on which TON network it is`, 'add --global-id -3 or -239')
  }
  return { name, network }
}

/**
 * Turns the choice into what the network's file says, and refuses what only a devnet may have.
 *
 * @throws GstdError `USAGE_INVALID`
 */
export const networkParametersOf = (
  choice: DeployChoice,
  network: NetworkName,
): Pick<
  NetworkConfig,
  'challenge_window_sec' | 'minimum_payout_nano' | 'epoch_ms' | 'epoch_amount_nano' | 'independence'
> => {
  const {
    challengeWindow: challengeWindowMs,
    epoch: epochMs,
    epochAmount,
    minimumPayout,
    independence = 'owner+machine+range',
  } = choice
  if (!isDevnet(network)) {
    if (challengeWindowMs < MIN_WINDOW_MS) {
      throw refuse('--challenge-window', 'under 10m nobody can notice a false commit', 'take at least 10m')
    }
    if (epochMs < MIN_EPOCH_MS) throw refuse('--epoch', 'under 1m fees eat what is paid', 'take at least 1m')
    if (independence === 'owner') {
      throw refuse('--independence', 'two wallets of one person are two owners', 'only a devnet may count owners alone')
    }
    if (choice.gstdMaster === undefined) {
      throw refuse(
        '--gstd-master',
        'it is missing',
        'test GSTD is made on devnets only: name the master of the real one',
      )
    }
  }
  return {
    challenge_window_sec: Math.round(challengeWindowMs / 1000),
    minimum_payout_nano: parseAmount(minimumPayout).toString(),
    epoch_ms: Math.round(epochMs),
    ...(epochAmount !== undefined && { epoch_amount_nano: parseAmount(epochAmount).toString() }),
    independence,
  }
}
