import { refusals } from '@gstd/sdk/contracts'
import type { Address, Transaction } from '@ton/core'
import type { BlockchainTransaction } from '@ton/sandbox'

type Sent = { transactions: BlockchainTransaction[] }
type Refusal = keyof typeof refusals

const accountOf = (address: Address): bigint => BigInt(`0x${address.hash.toString('hex')}`)

/** @returns the transactions of one account. */
export const transactionsAt = ({ transactions }: Sent, address: Address): BlockchainTransaction[] =>
  transactions.filter((transaction) => transaction.address === accountOf(address))

/** @returns exit codes of every computation that failed, in order. */
export const exitCodes = ({ transactions }: Sent): number[] =>
  transactions.flatMap(({ description }) =>
    description.type === 'generic' && description.computePhase.type === 'vm' && !description.computePhase.success
      ? [description.computePhase.exitCode]
      : [],
  )

/** @returns the names of the refusals in a chain of transactions; a code that is no refusal stays a number. */
export const refusalsIn = (sent: Sent): (Refusal | number)[] =>
  exitCodes(sent).map((exitCode) => {
    const names = Object.keys(refusals) as Refusal[]
    return names.find((name) => refusals[name] === exitCode) ?? exitCode
  })

/** @returns whether every action phase went through. */
export const actionsDone = ({ transactions }: Sent): boolean =>
  transactions.every(({ description }) => description.type !== 'generic' || (description.actionPhase?.success ?? true))

/** @returns whether a transaction did what it was asked for, and was neither refused nor skipped. */
export const isDone = ({ description }: Transaction): boolean => description.type === 'generic' && !description.aborted

/** @returns gas of one computation. */
export const gasOf = ({ description }: Transaction): number =>
  description.type === 'generic' && description.computePhase.type === 'vm'
    ? Number(description.computePhase.gasUsed)
    : 0

const storageFee = ({ description }: Transaction): bigint =>
  description.type === 'generic' ? (description.storagePhase?.storageFeesCollected ?? 0n) : 0n

/** @returns nano TON that a chain of transactions took out of circulation, rent included. */
export const feesOf = ({ transactions }: Sent): bigint =>
  transactions.reduce((sum, transaction) => {
    const forwarding = [...transaction.outMessages.values()].reduce(
      (fees, { info }) => fees + (info.type === 'internal' ? info.forwardFee : 0n),
      0n,
    )
    return sum + transaction.totalFees.coins + forwarding
  }, 0n)

/** @returns nano TON of rent that an account paid in these transactions. */
export const rentOf = (sent: Sent, address: Address): bigint =>
  transactionsAt(sent, address).reduce((sum, transaction) => sum + storageFee(transaction), 0n)
