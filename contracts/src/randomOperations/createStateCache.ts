import type { Address, Contract, ContractProvider } from '@ton/core'
import type { Blockchain } from '@ton/sandbox'
import { readWithoutVm } from './readWithoutVm.ts'

type Read = (this: Contract, provider: Pick<ContractProvider, 'get' | 'getState'>) => Promise<unknown>

const memorised: ReadonlySet<string | symbol> = new Set(['getState', 'getProposals'])

/** Reading a contract takes time: what it said last counts until the next message to it. */
export const createStateCache = (chain: Blockchain) => {
  const states = new Map<string, Map<string | symbol, unknown>>()
  return {
    forget: (address: Address) => void states.delete(address.toRawString()),
    /** @returns `opened`, whose state is read by `wrapper` from the contract's data. */
    remember: <Opened extends { address: Address }>(opened: Opened, wrapper: Contract): Opened => {
      const key = wrapper.address.toRawString()
      const provider = readWithoutVm(chain, wrapper.address)
      return new Proxy(opened, {
        get: (target, property): unknown => {
          if (!memorised.has(property)) return Reflect.get(target, property)
          return async (): Promise<unknown> => {
            const known = states.get(key) ?? new Map<string | symbol, unknown>()
            states.set(key, known)
            if (!known.has(property)) {
              const read = Reflect.get(wrapper, property) as Read
              known.set(property, await read.call(wrapper, provider))
            }
            return known.get(property)
          }
        },
      })
    },
  }
}
