import { formatAmount } from '@gstd/sdk'
import type { AccountState } from '@gstd/sdk/contracts'
import { timeOf } from '../escrow/escrowView.ts'
import { facts, type Style, table } from '../output/style.ts'
import { appealOf, lockedNano, reasonOf } from './stakeView.ts'

const KEY_DIGITS = 16

type Fact = readonly [string, string | undefined]

const slashFacts = (style: Style, state: AccountState, nowSec: number, wallet: string): Fact[] => {
  const { pending, slashSeq } = state
  if (pending === undefined) return []
  const { executableAtSec, evidenceHash } = pending
  const isOpen = nowSec < executableAtSec
  const date = timeOf(executableAtSec)
  return [
    ['locked', style.warn(`${formatAmount(lockedNano(state))} GSTD by slash ${slashSeq}: ${reasonOf(pending)}`)],
    [
      'of it',
      `${formatAmount(pending.fromStakeNano)} from the stake, ${formatAmount(pending.fromUnbondingNano)} from what was unbonding`,
    ],
    ['evidence', evidenceHash],
    ['execution', isOpen ? `from ${date}, unless the guardian vetoes it` : `by anybody, since ${date}`],
    ['appeal', appealOf(pending) ?? (isOpen ? `none; until then: gstd stake appeal FILE${wallet}` : 'none')],
  ]
}

const devicesTable = (style: Style, { devices }: AccountState): string[] =>
  devices.length === 0
    ? []
    : [
        '',
        table(style, [
          ['DEVICE', 'KEY', 'REPUTATION', 'PROVEN'],
          ...devices.map(({ deviceId, deviceKey, reputation, updatedAtSec }) => [
            deviceId,
            `${deviceKey.slice(0, KEY_DIGITS)}…`,
            updatedAtSec === 0 ? '–' : String(reputation),
            updatedAtSec === 0 ? 'never' : timeOf(updatedAtSec).slice(0, 10),
          ]),
        ]),
      ]

const unbondingText = ({ unbondingNano, unbondedAtSec }: AccountState, nowSec: number, wallet: string): string => {
  const sum = `${formatAmount(unbondingNano)} GSTD`
  if (unbondingNano === 0n) return sum
  return nowSec < unbondedAtSec
    ? `${sum} until ${timeOf(unbondedAtSec)}`
    : `${sum}, free: gstd stake withdraw --claim${wallet}`
}

export type ShownStake = {
  owner: string
  account: string
  state: AccountState | undefined
  uncountedNano: bigint
  /** The chain's time. */
  nowSec: number
  /** Flag that names the owner's wallet in commands to copy. */
  walletFlag: string
}

/** Shows a device account to people. */
export const describeStake = (style: Style, shown: ShownStake): string => {
  const { owner, account, state, uncountedNano, nowSec, walletFlag } = shown
  const head: Fact[] = [
    ['owner', owner],
    ['account', account],
  ]
  if (state === undefined) {
    return facts(style, [
      ...head,
      ['', 'not deployed yet; the first deposit does that'],
      ['staked', '0 GSTD'],
      ['unbonding', '0 GSTD'],
    ])
  }
  const uncounted = `${formatAmount(uncountedNano)} GSTD: on its way, or sent with too little TON`
  const rows: Fact[] = [
    ...head,
    ['staked', style.bold(`${formatAmount(state.stakeNano)} GSTD`)],
    ['unbonding', unbondingText(state, nowSec, walletFlag)],
    ...slashFacts(style, state, nowSec, walletFlag),
    ['slashes', `${state.slashes} executed`],
    ['not counted', uncountedNano === 0n ? undefined : style.warn(uncounted)],
    ['devices', String(state.devices.length)],
  ]
  return [facts(style, rows), ...devicesTable(style, state)].join('\n')
}
