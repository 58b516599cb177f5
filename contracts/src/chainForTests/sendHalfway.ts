import type { BlockchainTransaction } from '@ton/sandbox'
import type { TestNetwork } from './openTestNetwork.ts'
import { messageFrom } from './sendAs.ts'

/**
 * Delivers a message and what follows from it as far as `steps` transactions.
 *
 * @returns what lets the rest arrive, and says which transactions there were
 */
export const sendHalfway = async (
  { chain }: TestNetwork,
  sending: Parameters<typeof messageFrom>[0],
  steps: number,
): Promise<() => Promise<{ transactions: BlockchainTransaction[] }>> => {
  const iterator = await chain.sendMessageIter(messageFrom(sending), { allowParallel: true })
  const transactions: BlockchainTransaction[] = []
  const step = async () => {
    const { value, done } = await iterator.next()
    if (done !== true) transactions.push(value)
    return done !== true
  }
  for (let index = 0; index < steps; index++) await step()
  return async () => {
    while (await step()) continue
    return { transactions }
  }
}
