import { Address } from '@ton/core'
import { type LedgerTransaction, messagesOf, parseTransaction } from '../ledger/ledgerTransaction.ts'
import { messageView } from './messageView.ts'

/** Shows a transaction as toncenter does. Amounts are nano TON in decimal strings. */
export const transactionView = (recorded: LedgerTransaction) => {
  const { account, lt, hash, cell } = recorded
  const { now, totalFees, description } = parseTransaction(recorded)
  const { incoming, outgoing } = messagesOf(cell)
  const storageFee = 'storagePhase' in description ? (description.storagePhase?.storageFeesCollected ?? 0n) : 0n
  return {
    '@type': 'raw.transaction',
    address: { '@type': 'accountAddress', account_address: Address.parseRaw(account).toString() },
    utime: now,
    data: cell.toBoc().toString('base64'),
    transaction_id: { '@type': 'internal.transactionId', lt: lt.toString(), hash: hash.toString('base64') },
    fee: totalFees.coins.toString(),
    storage_fee: storageFee.toString(),
    other_fee: (totalFees.coins - storageFee).toString(),
    ...(incoming !== undefined && { in_msg: messageView(incoming) }),
    out_msgs: outgoing.map(messageView),
  }
}
