import { type Address, type Cell, toNano } from '@ton/core'
import type { TestNetwork } from '../chainForTests/openTestNetwork.ts'
import { messageFrom } from '../chainForTests/sendAs.ts'
import { actionsDone, refusalsIn } from '../chainForTests/transactions.ts'

type Sending = { from: Address; to: Address; body: Cell }

const AMPLE_NANO = toNano('2')

/** Delivers a message as far as its first contract, and takes that back. */
const isAccepted = async ({ chain }: TestNetwork, sending: Sending, valueNano: bigint): Promise<boolean> => {
  const snapshot = chain.snapshot()
  const steps = await chain.sendMessageIter(messageFrom({ ...sending, valueNano }), { allowParallel: true })
  const { value: transaction, done } = await steps.next()
  await chain.loadFrom(snapshot)
  if (done === true) throw new Error('a message was not processed')
  const sent = { transactions: [transaction] }
  if (refusalsIn(sent).length > 0) return false
  if (!actionsDone(sent)) throw new Error(`with ${valueNano} nano it is accepted, but cannot pay for its actions`)
  return true
}

/**
 * Finds the least value, in nano, with which a message is accepted by its first contract.
 *
 * @param expected - is tried first
 * @throws Error when it is accepted with a value that does not pay for its actions
 */
export const findLeastValue = async (network: TestNetwork, sending: Sending, expected = 1n): Promise<bigint> => {
  if ((await isAccepted(network, sending, expected)) && !(await isAccepted(network, sending, expected - 1n))) {
    return expected
  }
  let [refused, accepted] = [0n, AMPLE_NANO]
  while (accepted - refused > 1n) {
    const middle = (accepted + refused) / 2n
    if (await isAccepted(network, sending, middle)) accepted = middle
    else refused = middle
  }
  return accepted
}
