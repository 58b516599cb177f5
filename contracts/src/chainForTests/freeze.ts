import { beginCell, Cell } from '@ton/core'
import { createShardAccount } from '@ton/sandbox'
import { nowSec, type TestNetwork } from './openTestNetwork.ts'

/** @returns a contract's data. */
export const dataOf = async (
  { chain }: TestNetwork,
  address: Parameters<typeof chain.getContract>[0],
): Promise<Cell> => {
  const { accountState } = await chain.getContract(address)
  return accountState?.type === 'active' ? (accountState.state.data ?? Cell.EMPTY) : Cell.EMPTY
}

/** Puts the vault into the state that a veto will leave. */
export const freeze = async (network: TestNetwork): Promise<void> => {
  const { chain, vault } = network
  const data = (await dataOf(network, vault.address)).beginParse()
  const frozen = beginCell()
    .storeRef(data.loadRef())
    .storeRef(data.loadRef())
    .storeUint(data.loadUint(32), 32)
    .storeUint(data.loadUint(32), 32)
    .storeCoins(data.loadCoins())
    .storeUint(data.loadUint(32), 32)
    .storeCoins(data.loadCoins())
    .storeCoins(data.loadCoins())
    .storeUint(nowSec(network), 32)
  data.skip(32)
  const { accountState, balance } = await chain.getContract(vault.address)
  if (accountState?.type !== 'active') throw new Error('the vault is not deployed')
  const code = accountState.state.code ?? Cell.EMPTY
  await chain.setShardAccount(
    vault.address,
    createShardAccount({ address: vault.address, code, data: frozen.storeSlice(data).endCell(), balance }),
  )
}
