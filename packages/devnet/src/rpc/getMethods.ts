import { z } from 'zod'
import { activeAccount, readAccount } from '../chain/shardAccount.ts'
import { blockId } from './blockId.ts'
import { defineMethod } from './method.ts'
import { addressParameter, integerParameter } from './parameters.ts'
import { parseStackEntry, showStack, stackParameter } from './stack.ts'

/** What toncenter answers where there is no contract. */
const NO_CONTRACT = -13

/** Runs get-methods on the state that the last block has left. */
export const getMethods = [
  defineMethod({
    name: 'runGetMethod',
    parameters: z.object({
      address: addressParameter,
      method: z.union([z.string().min(1).max(255), integerParameter]),
      stack: stackParameter,
    }),
    run: async ({ ledger, emulator, clock }, { address, method, stack }) => {
      const account = readAccount(ledger.account(address.toRawString()))
      const context = {
        '@type': 'smc.runResult',
        block_id: blockId(ledger.lastBlock().seqno),
        last_transaction_id: {
          '@type': 'internal.transactionId',
          lt: account.lastTransaction.lt.toString(),
          hash: account.lastTransaction.hash.toString('base64'),
        },
      }
      const active = activeAccount(account)
      if (active === undefined) return { ...context, gas_used: 0, stack: [], exit_code: NO_CONTRACT }
      const {
        exitCode,
        gasUsed,
        stack: result,
      } = await emulator.runGetMethod({
        address,
        account: active,
        method,
        stack: stack.map(parseStackEntry),
        nowSec: clock.nowSec(),
      })
      return { ...context, gas_used: gasUsed, stack: showStack(result), exit_code: exitCode }
    },
  }),
]
