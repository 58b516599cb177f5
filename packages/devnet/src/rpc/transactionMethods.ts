import { loadMessage } from '@ton/core'
import { z } from 'zod'
import type { Chain } from '../chain/createChain.ts'
import { type LedgerTransaction, messagesOf, rootOf } from '../ledger/ledgerTransaction.ts'
import { defineMethod } from './method.ts'
import { addressParameter, booleanParameter, hashParameter, integerParameter, ltParameter } from './parameters.ts'
import { notFound, nodeError } from './toncenterError.ts'
import { transactionView } from './transactionView.ts'

const MAX_LT = 2n ** 63n - 1n
/** TonClient asks for one more than the 100 that toncenter gives. */
const MAX_PAGE = 101

const pageParameters = z
  .object({
    address: addressParameter,
    limit: integerParameter.refine((value) => value > 0, 'limit should be positive').default(10),
    lt: ltParameter.optional(),
    hash: hashParameter.optional(),
    to_lt: ltParameter.default(0n),
    archival: booleanParameter.optional(),
  })
  .refine(({ lt, hash }) => (lt === undefined) === (hash === undefined), 'lt and hash should be given together')

/** @throws ToncenterError where the transaction to begin with is not on the chain */
const readPage = ({ ledger }: Chain, parameters: z.output<typeof pageParameters>): LedgerTransaction[] => {
  const { address, limit, lt, hash, to_lt: afterLt } = parameters
  const account = address.toRawString()
  const fromLt = lt ?? MAX_LT
  if (lt !== undefined) {
    const [first] = ledger.page({ account, fromLt: lt, afterLt: lt - 1n, limit: 1 })
    if (first === undefined || hash?.equals(first.hash) !== true) {
      throw nodeError('cannot locate transaction in block with specified logical time')
    }
  }
  return ledger.page({ account, fromLt, afterLt, limit: Math.min(limit, MAX_PAGE) })
}

const locateParameters = z.object({
  source: addressParameter,
  destination: addressParameter,
  created_lt: ltParameter,
})

type Locate = z.output<typeof locateParameters>

const missing = () => notFound('transaction not found')

/** Finds where a message arrived. */
const locateResult = ({ ledger }: Chain, { source, destination, created_lt }: Locate) => {
  const found = ledger.resultOf(created_lt)
  const { incoming } = found === undefined ? {} : messagesOf(rootOf(found.boc))
  if (found === undefined || incoming === undefined) throw missing()
  const { info } = loadMessage(incoming.beginParse())
  const matches = info.type === 'internal' && info.src.equals(source) && info.dest.equals(destination)
  if (!matches) throw missing()
  return transactionView(found)
}

/** Finds where a message came from. */
const locateSource = ({ ledger }: Chain, { source, destination, created_lt }: Locate) => {
  const [found] = ledger.page({ account: source.toRawString(), fromLt: created_lt, afterLt: 0n, limit: 1 })
  const sent = (found === undefined ? [] : messagesOf(rootOf(found.boc)).outgoing).some((cell) => {
    const { info } = loadMessage(cell.beginParse())
    return info.type === 'internal' && info.createdLt === created_lt && info.dest.equals(destination)
  })
  if (found === undefined || !sent) throw missing()
  return transactionView(found)
}

/** Transactions of accounts, newest first, and where messages went. */
export const transactionMethods = [
  defineMethod({
    name: 'getTransactions',
    parameters: pageParameters,
    run: (chain, parameters) => readPage(chain, parameters).map(transactionView),
  }),
  ...['tryLocateTx', 'tryLocateResultTx'].map((name) =>
    defineMethod({ name, parameters: locateParameters, run: locateResult }),
  ),
  defineMethod({ name: 'tryLocateSourceTx', parameters: locateParameters, run: locateSource }),
]
