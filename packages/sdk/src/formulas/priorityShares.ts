import { checkAmount } from './checkRange.ts'

/** Amounts from which on more does not raise a task's priority (protocol §9). */
export const priorityReferences = { fullBalanceNano: 10_000_000_000_000n, fullRewardNano: 50_000_000n } as const

/** Doubles are exact enough for a share: an amount over 2⁵³ nano is over 9 million TON and saturates. */
const share = (amountNano: bigint, fullNano: bigint): number => Math.min(1, Number(amountNano) / Number(fullNano))

/**
 * The requester's GSTD as a share of 10,000 GSTD, 0..1: the `gstd` term of the priority.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative balance
 * @example balanceShare(2_500_000_000_000n) // 0.25
 */
export const balanceShare = (balanceNano: bigint, fullNano: bigint = priorityReferences.fullBalanceNano): number =>
  share(checkAmount('balanceNano', balanceNano), fullNano)

/**
 * The base reward as a share of 0.05 TON, 0..1: the `reward` term of the priority.
 *
 * @throws GstdError `LIMITS_OUT_OF_RANGE` for a negative amount
 * @example rewardShare(10_000_000n) // 0.2
 */
export const rewardShare = (amountNano: bigint, fullNano: bigint = priorityReferences.fullRewardNano): number =>
  share(checkAmount('amountNano', amountNano), fullNano)
