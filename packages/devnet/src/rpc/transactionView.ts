import { Address, loadTransaction } from '@ton/core'
import { createCache } from '../ledger/createCache.ts'
import { type LedgerTransaction, messagesOf, rootOf } from '../ledger/ledgerTransaction.ts'
import { messageView } from './messageView.ts'

const show = ({ account, lt, hash, boc }: LedgerTransaction) => {
  const cell = rootOf(boc)
  const { now, totalFees, description } = loadTransaction(cell.beginParse())
  const { incoming, outgoing } = messagesOf(cell)
  const storageFee = 'storagePhase' in description ? (description.storagePhase?.storageFeesCollected ?? 0n) : 0n
  return {
    '@type': 'raw.transaction',
    address: { '@type': 'accountAddress', account_address: Address.parseRaw(account).toString() },
    utime: now,
    data: boc.toString('base64'),
    transaction_id: { '@type': 'internal.transactionId', lt: lt.toString(), hash: hash.toString('base64') },
    fee: totalFees.coins.toString(),
    storage_fee: storageFee.toString(),
    other_fee: (totalFees.coins - storageFee).toString(),
    ...(incoming !== undefined && { in_msg: messageView(incoming) }),
    out_msgs: outgoing.map(messageView),
  }
}

/** Clients read the newest transactions again and again, and each takes a millisecond to show. */
const shown = createCache<string, ReturnType<typeof show>>(2000)

/** Shows a transaction as toncenter does. Amounts are nano TON in decimal strings. */
export const transactionView = (transaction: LedgerTransaction): ReturnType<typeof show> =>
  shown.get(transaction.hash.toString('latin1'), () => show(transaction))
