import { type Address, beginCell, type Cell, type ContractProvider, type TupleItem, TupleReader } from '@ton/core'
import type { Blockchain } from '@ton/sandbox'
import { dataOf } from '../chainForTests/dataOf.ts'

/** Bits of a number, below zero where it is signed; or what else a field is. */
type Field = number | 'coins' | 'address' | 'cell' | 'maybe'

/** What the get-method of a contract's whole storage returns, in the order of its fields. */
const layouts: Record<string, readonly Field[]> = {
  vault_data: ['cell', 'cell', 32, 32, 32, 32, 'coins', 32, 'coins', 'coins', 32, 'maybe', 'cell'],
  escrow_data: ['address', 'address', 'coins', 'coins', 64, 32, 32, -64, 'cell'],
  account_data: ['address', 'address', 'coins', 'coins', 32, 32, 8, 8, 'cell', 'maybe', 'maybe'],
}

const stackOf = (data: Cell, layout: readonly Field[]): TupleItem[] => {
  const slice = data.beginParse()
  return layout.map((field): TupleItem => {
    if (field === 'coins') return { type: 'int', value: slice.loadCoins() }
    if (field === 'cell') return { type: 'cell', cell: slice.loadRef() }
    if (field === 'address') return { type: 'slice', cell: beginCell().storeAddress(slice.loadAddress()).endCell() }
    if (field !== 'maybe') {
      return { type: 'int', value: field < 0 ? slice.loadIntBig(-field) : slice.loadUintBig(field) }
    }
    const cell = slice.loadMaybeRef()
    return cell === null ? { type: 'null' } : { type: 'cell', cell }
  })
}

/**
 * Answers get-methods that return a contract's storage from its data: the virtual machine takes longer for one than for
 * a transaction.
 *
 * @returns a provider of two methods; nothing is sent by it
 * @throws RangeError for any other get-method
 */
export const readWithoutVm = (chain: Blockchain, address: Address): Pick<ContractProvider, 'get' | 'getState'> => ({
  getState: async () => {
    const { accountState } = await chain.getContract(address)
    const isActive = accountState?.type === 'active'
    const state = isActive ? ({ type: 'active', code: null, data: null } as const) : ({ type: 'uninit' } as const)
    return { balance: 0n, extracurrency: null, last: null, state }
  },
  get: async (name) => {
    const layout = layouts[String(name)]
    if (layout === undefined) throw new RangeError(`${name} is not read without the virtual machine`)
    return { stack: new TupleReader(stackOf(await dataOf({ chain }, address), layout)) }
  },
})
