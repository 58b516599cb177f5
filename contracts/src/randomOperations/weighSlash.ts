import { computeSlashing, repetitionMultiplier, slashingSeverities } from '@gstd/sdk'
import { slashReasons } from '@gstd/sdk/contracts'
import { type Slice, toNano } from '@ton/core'
import { type Arrived, isFrom, weighed, type Weighed } from './Weighed.ts'

const DELAY_SEC = 72 * 3600
const EXECUTE_NANO = toNano('0.1')
const MIN_NANO = toNano('0.02')
const NO_HASH = '0'.repeat(64)

const hex = (value: bigint): string => value.toString(16).padStart(64, '0')

/** The most that a slash may take, in nano GSTD, by the published formula; 0 for a reason that there is not. */
const mostNano = (reason: number, slashes: number): bigint => {
  const names = Object.keys(slashReasons) as (keyof typeof slashReasons)[]
  const name = names.find((each) => slashReasons[each] === reason)
  if (name === undefined) return 0n
  return computeSlashing({
    severityMultiplier: slashingSeverities[name],
    repetitionMultiplier: repetitionMultiplier(slashes),
  })
}

/** Both keys have signed a slash, as the vault says. */
export const weighLock = ({ before, nowSec }: Arrived, body: Slice, isFromVault: boolean): Weighed => {
  const slashSeq = body.skip(64).loadUint(32)
  const terms = body.loadRef().beginParse()
  const [amountNano, reason, evidenceHash] = [terms.loadCoins(), terms.loadUint(8), hex(terms.loadUintBig(256))]
  const fromStakeNano = amountNano < before.stakeNano ? amountNano : before.stakeNano
  const fromUnbondingNano = amountNano - fromStakeNano
  const executableAtSec = nowSec + DELAY_SEC
  const after = {
    ...before,
    stakeNano: before.stakeNano - fromStakeNano,
    unbondingNano: before.unbondingNano - fromUnbondingNano,
    slashSeq,
    pending: { fromStakeNano, fromUnbondingNano, reason, executableAtSec, evidenceHash, appealHash: NO_HASH },
  }
  return weighed(after, {
    NOT_VAULT: !isFromVault,
    SLASH_OUT_OF_ORDER: slashSeq !== before.slashSeq + 1,
    SLASH_PENDING: before.pending !== undefined,
    ZERO_AMOUNT: amountNano === 0n,
    SLASH_TOO_HIGH: amountNano > mostNano(reason, before.slashes),
    OVER_STAKE: amountNano > before.stakeNano + before.unbondingNano,
  })
}

const whileOpen = ({ before, nowSec }: Arrived, slashSeq: number) => ({
  NO_SLASH_PENDING: before.pending === undefined || slashSeq !== before.slashSeq,
  WINDOW_CLOSED: before.pending !== undefined && nowSec >= before.pending.executableAtSec,
})

/** The guardian has vetoed a slash, as the vault says. */
export const weighCancel = (arrived: Arrived, body: Slice, isFromVault: boolean): Weighed => {
  const { before } = arrived
  const after = {
    ...before,
    stakeNano: before.stakeNano + (before.pending?.fromStakeNano ?? 0n),
    unbondingNano: before.unbondingNano + (before.pending?.fromUnbondingNano ?? 0n),
    pending: undefined,
  }
  return weighed(after, { NOT_VAULT: !isFromVault, ...whileOpen(arrived, body.skip(64).loadUint(32)) })
}

export const weighAppeal = (arrived: Arrived, body: Slice): Weighed => {
  const { before, staker, valueNano } = arrived
  const [slashSeq, appealHash] = [body.skip(64).loadUint(32), hex(body.loadUintBig(256))]
  const after = { ...before, pending: before.pending && { ...before.pending, appealHash } }
  return weighed(after, {
    NOT_OWNER: !isFrom(arrived, staker.owner.address),
    TOO_LITTLE_VALUE: valueNano < MIN_NANO,
    ...whileOpen(arrived, slashSeq),
  })
}

export const weighExecute = ({ before, nowSec, valueNano }: Arrived): Weighed =>
  weighed(
    { ...before, slashes: Math.min(before.slashes + 1, 255), pending: undefined },
    {
      TOO_LITTLE_VALUE: valueNano < EXECUTE_NANO,
      NO_SLASH_PENDING: before.pending === undefined,
      TOO_EARLY: before.pending !== undefined && nowSec < before.pending.executableAtSec,
    },
  )
