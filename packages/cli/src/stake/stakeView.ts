import { formatAmount } from '@gstd/sdk'
import { type AccountState, type PendingSlash, slashReasons } from '@gstd/sdk/contracts'
import { timeOf } from '../escrow/escrowView.ts'
import type { Json } from '../output/output.ts'

/** @returns why stake was slashed, as the SDK names it. */
export const reasonOf = ({ reason }: PendingSlash): string =>
  Object.entries(slashReasons).find(([, code]) => code === reason)?.[0] ?? `reason ${reason}`

/** @returns the hash of the appeal; undefined when there is none. */
export const appealOf = ({ appealHash }: PendingSlash): string | undefined =>
  /^0*$/.test(appealHash) ? undefined : appealHash

/** @returns nano GSTD that the pending slash has locked. */
export const lockedNano = ({ pending }: AccountState): bigint =>
  pending === undefined ? 0n : pending.fromStakeNano + pending.fromUnbondingNano

/** Says what a pending slash has locked; undefined when none is pending. */
export const lockedBy = (state: AccountState): string | undefined =>
  state.pending &&
  `slash ${state.slashSeq} (${reasonOf(state.pending)}) has locked ${formatAmount(lockedNano(state))} GSTD, and can be executed from ${timeOf(state.pending.executableAtSec)}`

/** @returns the pending slash as JSON; null when none is pending. */
export const slashJson = (state: AccountState): Json => {
  const { pending } = state
  if (pending === undefined) return null
  return {
    slash_seq: state.slashSeq,
    amount_nano: lockedNano(state).toString(),
    from_stake_nano: pending.fromStakeNano.toString(),
    from_unbonding_nano: pending.fromUnbondingNano.toString(),
    reason: reasonOf(pending),
    evidence_hash: pending.evidenceHash,
    executable_at_sec: pending.executableAtSec,
    appeal_hash: appealOf(pending) ?? null,
  }
}

/** A reputation counts once it was proven on chain. */
const deviceJson = ({ devices }: AccountState): Json =>
  devices.map(({ deviceId, deviceKey, reputation, updatedAtSec }) => ({
    device_id: deviceId,
    public_key: deviceKey,
    reputation: updatedAtSec === 0 ? null : reputation,
    proven_at_sec: updatedAtSec === 0 ? null : updatedAtSec,
  }))

/** @returns all of a device account as JSON; zeros before it is deployed. */
export const accountJson = (state: AccountState | undefined): { readonly [key: string]: Json } => ({
  deployed: state !== undefined,
  stake_nano: (state?.stakeNano ?? 0n).toString(),
  unbonding_nano: (state?.unbondingNano ?? 0n).toString(),
  unbonded_at_sec: state === undefined || state.unbondingNano === 0n ? null : state.unbondedAtSec,
  locked_nano: (state === undefined ? 0n : lockedNano(state)).toString(),
  slash: state === undefined ? null : slashJson(state),
  slashes_executed: state?.slashes ?? 0,
  devices: state === undefined ? [] : deviceJson(state),
})
