import { beginCell, Cell, loadShardAccount, storeShardAccount } from '@ton/core'
import { createCache } from '../ledger/createCache.ts'

/** An account of the chain as clients are shown it. */
export type AccountView = {
  status: 'active' | 'uninitialized' | 'frozen'
  balanceNano: bigint
  extraCurrencies: ReadonlyMap<number, bigint>
  code: Cell | undefined
  data: Cell | undefined
  frozenHash: Buffer | undefined
  lastTransaction: { lt: bigint; hash: Buffer }
}

export type ActiveAccount = { code: Cell; data: Cell; balanceNano: bigint }

/** An address that nothing was ever sent to. */
export const NO_ACCOUNT = beginCell()
  .store(storeShardAccount({ account: null, lastTransactionHash: 0n, lastTransactionLt: 0n }))
  .endCell()
  .toBoc()
  .toString('base64')

const toBytes32 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')

const parse = (boc: string): AccountView => {
  const { account, lastTransactionHash, lastTransactionLt } = loadShardAccount(Cell.fromBase64(boc).beginParse())
  const lastTransaction = { lt: lastTransactionLt, hash: toBytes32(lastTransactionHash) }
  const state = account?.storage.state
  return {
    status: state?.type === 'active' ? 'active' : state?.type === 'frozen' ? 'frozen' : 'uninitialized',
    balanceNano: account?.storage.balance.coins ?? 0n,
    extraCurrencies: new Map(account?.storage.balance.other ?? []),
    code: state?.type === 'active' ? (state.state.code ?? undefined) : undefined,
    data: state?.type === 'active' ? (state.state.data ?? undefined) : undefined,
    frozenHash: state?.type === 'frozen' ? toBytes32(state.stateHash) : undefined,
    lastTransaction,
  }
}

const parsed = createCache<string, AccountView>(1000)

/**
 * Reads an account.
 *
 * @param boc - a `ShardAccount` as base64 BoC
 * @see https://github.com/ton-blockchain/ton/blob/master/crypto/block/block.tlb
 */
export const readAccount = (boc: string): AccountView => parsed.get(boc, () => parse(boc))

/** @returns what a get-method runs on, or undefined where there is no contract */
export const activeAccount = ({ code, data, balanceNano }: AccountView): ActiveAccount | undefined =>
  code === undefined || data === undefined ? undefined : { code, data, balanceNano }
