import { type Address, Cell } from '@ton/core'
import type { TestNetwork } from './openTestNetwork.ts'

/** @returns a contract's data. */
export const dataOf = async ({ chain }: Pick<TestNetwork, 'chain'>, address: Address): Promise<Cell> => {
  const { accountState } = await chain.getContract(address)
  return accountState?.type === 'active' ? (accountState.state.data ?? Cell.EMPTY) : Cell.EMPTY
}
