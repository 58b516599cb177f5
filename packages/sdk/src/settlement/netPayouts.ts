import type { Payout } from '../log/entries.ts'

export type NettingInput = {
  /** What was earned in this epoch, per execution, and the operator's tariff. Addresses raw, amounts in nano. */
  earned: readonly { address: string; amountNano: bigint }[]
  /** What earlier epochs left unpaid, as their last commit lists it. */
  owedBefore: readonly Payout[]
  /** Below this a payee waits for a later epoch. */
  minimumPayoutNano: bigint
}

export type Netted = { payouts: Payout[]; owed: Payout[]; totalNano: bigint; owedAfterNano: bigint }

const sum = (entries: readonly Payout[]): bigint =>
  entries.reduce((total, entry) => total + BigInt(entry.amount_nano), 0n)

/** The vault pays to the basechain only. */
const isPayable = (address: string): boolean => address.startsWith('0:')

/**
 * Nets an epoch: one payment per address. What stays under the minimum is carried over, and so is what an old log's
 * certificate sends where the vault cannot pay: nobody else's pay may wait for it.
 *
 * @returns both lists by address, ascending
 */
export const netPayouts = ({ earned, owedBefore, minimumPayoutNano }: NettingInput): Netted => {
  const due = new Map<string, bigint>()
  const add = (address: string, amountNano: bigint) => due.set(address, (due.get(address) ?? 0n) + amountNano)
  for (const { address, amount_nano } of owedBefore) add(address, BigInt(amount_nano))
  for (const { address, amountNano } of earned) add(address, amountNano)
  const entries = [...due]
    .filter(([, amountNano]) => amountNano > 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, amountNano]): Payout => ({ address, amount_nano: amountNano.toString() }))
  const isDue = ({ address, amount_nano }: Payout) => isPayable(address) && BigInt(amount_nano) >= minimumPayoutNano
  const payouts = entries.filter(isDue)
  const owed = entries.filter((entry) => !isDue(entry))
  return { payouts, owed, totalNano: sum(payouts), owedAfterNano: sum(owed) }
}
