import type { LogBody, Payout } from '../log/entries.ts'
import type { TaskLeaf } from '../log/taskLeaf.ts'
import { leavesOf } from './leavesOf.ts'
import { type Netted, netPayouts } from './netPayouts.ts'
import { tasksRootOf } from './roots.ts'

/** A task that an epoch was charged for: its verdict, and where each agreeing execution's pay goes. */
export type SettledTask = {
  verdict: LogBody<'verdict'>
  /** Raw payout address by attempt, from the certificate the work was dispatched under. */
  payoutAddress: (attempt: number) => string
}

export type EpochInput = {
  /** In the order of the epoch's charges, and of the tasks within each. */
  tasks: readonly SettledTask[]
  owedBefore: readonly Payout[]
  minimumPayoutNano: bigint
  /** Raw address; earns the tariff of every accepted task. */
  operatorAddress: string
}

/** What a commit says of its epoch, as far as the log decides it. */
export type Settlement = Netted & { leaves: TaskLeaf[]; tasks: number; tasksRoot: string }

/**
 * Settles an epoch: one leaf per paid execution, one payment per address, small sums carried over. Pure: coordinator
 * and auditor compute the same from the same log.
 */
export const settleEpoch = ({ tasks, owedBefore, minimumPayoutNano, operatorAddress }: EpochInput): Settlement => {
  const leaves = tasks.flatMap(({ verdict }) => leavesOf(verdict))
  const earned = tasks.flatMap(({ verdict, payoutAddress }) => [
    ...leavesOf(verdict).map((leaf) => ({
      address: payoutAddress(leaf.attempt),
      amountNano: BigInt(leaf.amount_nano),
    })),
    { address: operatorAddress, amountNano: BigInt(verdict.tariff_nano) },
  ])
  return {
    ...netPayouts({ earned, owedBefore, minimumPayoutNano }),
    leaves,
    tasks: tasks.length,
    tasksRoot: tasksRootOf(leaves),
  }
}
