import type { GstdError } from '@gstd/sdk'
import { contractError } from '@gstd/sdk/contracts'
import { Address, type Transaction } from '@ton/core'
import type { Chain } from './openChain.ts'

const RECENT = 10

const exitCodeOf = ({ description }: Transaction): number | undefined => {
  if (description.type !== 'generic' || description.computePhase.type !== 'vm') return undefined
  return description.computePhase.success ? undefined : description.computePhase.exitCode
}

/**
 * Looks for a refusal among an account's latest transactions: a contract that refuses a message says so nowhere else.
 *
 * @param sinceSec - unix seconds; older transactions do not count
 */
export const findRefusal = async (chain: Chain, address: string, sinceSec: number): Promise<GstdError | undefined> => {
  const account = Address.parseRaw(address)
  const transactions = await chain.call(() => chain.client.getTransactions(account, { limit: RECENT }))
  const codes = transactions
    .filter(({ now }) => now >= sinceSec)
    .flatMap((transaction) => exitCodeOf(transaction) ?? [])
  return codes[0] === undefined ? undefined : contractError(codes[0])
}
