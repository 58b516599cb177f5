import { type Address, type Cell } from '@ton/core'
import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { readAccount } from '../chain/shardAccount.ts'
import { blockId } from './blockId.ts'
import { defineMethod } from './method.ts'
import { addressParameter } from './parameters.ts'

const parameters = z.object({ address: addressParameter })

const bytes = (cell: Cell | undefined): string => cell?.toBoc().toString('base64') ?? ''

const accountOf = ({ ledger }: Chain, address: Address) => readAccount(ledger.account(address.toRawString()))

const stateOf = (chain: Chain, address: Address) => {
  const account = accountOf(chain, address)
  const { seqno, nowSec } = chain.ledger.lastBlock()
  return {
    balance: account.balanceNano.toString(),
    extra_currencies: [...account.extraCurrencies].map(([id, amount]) => ({
      '@type': 'extraCurrency',
      id,
      amount: amount.toString(),
    })),
    code: bytes(account.code),
    data: bytes(account.data),
    last_transaction_id: {
      '@type': 'internal.transactionId',
      lt: account.lastTransaction.lt.toString(),
      hash: account.lastTransaction.hash.toString('base64'),
    },
    block_id: blockId(seqno),
    frozen_hash: account.frozenHash?.toString('base64') ?? '',
    sync_utime: nowSec,
    state: account.status,
  }
}

/** Accounts and their balances. */
export const accountMethods = [
  defineMethod({
    name: 'getAddressInformation',
    parameters,
    run: (chain, { address }) => ({ '@type': 'raw.fullAccountState', ...stateOf(chain, address) }),
  }),
  defineMethod({
    name: 'getExtendedAddressInformation',
    parameters,
    run: (chain, { address }) => {
      const { code, data, frozen_hash, balance, extra_currencies, last_transaction_id, block_id, sync_utime, state } =
        stateOf(chain, address)
      const accountState =
        state === 'uninitialized'
          ? { '@type': 'uninited.accountState', frozen_hash }
          : { '@type': 'raw.accountState', code, data, frozen_hash }
      return {
        '@type': 'fullAccountState',
        address: { '@type': 'accountAddress', account_address: address.toString() },
        balance,
        extra_currencies,
        last_transaction_id,
        block_id,
        sync_utime,
        account_state: accountState,
        revision: 0,
      }
    },
  }),
  defineMethod({
    name: 'getAddressBalance',
    parameters,
    run: (chain, { address }) => accountOf(chain, address).balanceNano.toString(),
  }),
  defineMethod({
    name: 'getAddressState',
    parameters,
    run: (chain, { address }) => accountOf(chain, address).status,
  }),
]
