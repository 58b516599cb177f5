import { beginCell, external, loadTransaction, storeMessage } from '@ton/core'
import { z } from 'zod'
import { rootOf } from '../ledger/ledgerTransaction.ts'
import { defineMethod } from './method.ts'
import { addressParameter, bocParameter, booleanParameter } from './parameters.ts'
import { nodeError } from './toncenterError.ts'

const optionalBoc = z.union([z.literal('').transform(() => undefined), bocParameter]).optional()

/** Takes a transaction's fees apart, nano TON. */
const feesOf = (transaction: Buffer) => {
  const { totalFees, description } = loadTransaction(rootOf(transaction).beginParse())
  if (description.type !== 'generic') throw nodeError('not an ordinary transaction')
  const { storagePhase, computePhase, actionPhase } = description
  const storage = storagePhase?.storageFeesCollected ?? 0n
  const gas = computePhase.type === 'vm' ? computePhase.gasFees : 0n
  const actions = actionPhase?.totalActionFees ?? 0n
  return {
    '@type': 'fees',
    in_fwd_fee: Number(totalFees.coins - storage - gas - actions),
    storage_fee: Number(storage),
    gas_fee: Number(gas),
    fwd_fee: Number(actionPhase?.totalFwdFees ?? 0n),
  }
}

/** What an external message would cost now. */
export const feeMethods = [
  defineMethod({
    name: 'estimateFee',
    parameters: z.object({
      address: addressParameter,
      body: bocParameter,
      init_code: optionalBoc,
      init_data: optionalBoc,
      ignore_chksig: booleanParameter.default(true),
    }),
    run: async ({ ledger, emulator, clock }, { address, body, init_code: code, init_data: data, ignore_chksig }) => {
      const init = code === undefined || data === undefined ? undefined : { code, data }
      const message = beginCell()
        .store(storeMessage(external({ to: address, body, ...(init !== undefined && { init }) })))
        .endCell()
      const run = await emulator.run({
        account: ledger.account(address.toRawString()),
        message,
        nowSec: clock.nowSec(),
        lt: ledger.lastBlock().endLt + 1_000_000n,
        ignoreSignatures: ignore_chksig,
      })
      if (!run.accepted)
        throw nodeError(`${run.reason}${run.exitCode === undefined ? '' : `\nexitcode=${run.exitCode}`}`)
      return { '@type': 'query.fees', source_fees: feesOf(run.transaction), destination_fees: [] }
    },
  }),
]
