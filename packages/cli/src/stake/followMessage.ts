import { type GstdError, randomHex } from '@gstd/sdk'
import { contractError } from '@gstd/sdk/contracts'
import type { Address, Transaction } from '@ton/core'
import type { Chain } from '../chain/openChain.ts'
import { waitUntil } from '../chain/waitUntil.ts'

const RECENT = 20
const OP_BITS = 32
const QUERY_ID_BITS = 64

/** @returns a number to know a message and what follows from it by. */
export const newQueryId = (): bigint => BigInt(`0x${randomHex(QUERY_ID_BITS / 8)}`)

const carries = ({ inMessage }: Transaction, queryId: bigint): boolean => {
  if (inMessage?.info.type !== 'internal') return false
  const body = inMessage.body.beginParse()
  return body.remainingBits >= OP_BITS + QUERY_ID_BITS && body.skip(OP_BITS).loadUintBig(QUERY_ID_BITS) === queryId
}

const refusalOf = ({ description }: Transaction): GstdError | undefined => {
  if (description.type !== 'generic' || !description.aborted) return undefined
  const { computePhase, actionPhase } = description
  if (computePhase.type === 'vm' && !computePhase.success) return contractError(computePhase.exitCode)
  return contractError(actionPhase?.resultCode ?? 0)
}

/**
 * Waits until contracts have taken a message, one after the other.
 *
 * @param path - the contracts in the order in which they get it; each hands the query id on to the next
 * @param what - what is waited for, for the message
 * @throws GstdError `CONTRACT_REFUSED` by the first of them that refuses it, `CHAIN_TIMEOUT`, `CHAIN_UNAVAILABLE`
 */
export const followMessage = async (
  chain: Chain,
  message: { path: readonly Address[]; queryId: bigint; what: string; signal: AbortSignal },
): Promise<void> => {
  const { path, queryId, what, signal } = message
  for (const address of path) {
    const taken = async (): Promise<true | undefined> => {
      const transactions = await chain.call(() => chain.client.getTransactions(address, { limit: RECENT }))
      const transaction = transactions.find((candidate) => carries(candidate, queryId))
      const refusal = transaction && refusalOf(transaction)
      if (refusal !== undefined) throw refusal
      return transaction && true
    }
    await waitUntil(taken, { what, signal })
  }
}
