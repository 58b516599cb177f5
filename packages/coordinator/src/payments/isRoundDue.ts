import type { NetworkParameters } from '@gstd/sdk'

/** What a requester owes for final verdicts that it has not been charged for. */
export type Debtor = {
  requester: string
  /** When the oldest verdict was written, unix ms. */
  since: number
  /** Nano. */
  owed: string
}

/** How long a payment may be put off for the sake of tasks under way. */
const PATIENCE_EPOCHS = 12

const isOwedEnough = (debtors: readonly Debtor[], amountNano: string | undefined): boolean =>
  amountNano !== undefined && debtors.reduce((sum, { owed }) => sum + BigInt(owed), 0n) >= BigInt(amountNano)

/**
 * Whether a round of payments begins. It does when the oldest unpaid verdict has waited for an epoch and no more are
 * coming, or for many epochs whatever comes, since each payment costs fees; or when `epoch_amount_nano` is unpaid.
 *
 * @param isMoreComing - whether what is under way could go into the same payment
 */
export const isRoundDue = async (
  debtors: readonly Debtor[],
  { epoch_ms: epochMs, epoch_amount_nano: amountNano }: Pick<NetworkParameters, 'epoch_ms' | 'epoch_amount_nano'>,
  nowMs: number,
  isMoreComing: () => Promise<boolean>,
): Promise<boolean> => {
  if (debtors.length === 0) return false
  if (isOwedEnough(debtors, amountNano)) return true
  const waitedMs = Math.max(...debtors.map(({ since }) => nowMs - since))
  return waitedMs >= epochMs && (waitedMs >= epochMs * PATIENCE_EPOCHS || !(await isMoreComing()))
}
