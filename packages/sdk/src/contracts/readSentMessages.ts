import type { Address, Cell, Transaction } from '@ton/core'
import type { TonClient } from '@ton/ton'

/** One message that a wallet was told to send, and what it has cost. */
export type SentMessage = {
  to: Address
  body: Cell
  /** Nano TON: its share of the wallet's own fees, and every fee of what it set off. */
  feesNano: bigint
}

export type SentMessagesOptions = {
  /** Whether a transaction of the wallet counts; reading stops at the first, from the newest back, that does not. */
  isNew: (transaction: Transaction) => boolean
  signal?: AbortSignal
}

type Client = Pick<TonClient, 'getTransactions' | 'tryLocateResultTx'>

const PAGE = 50

const readNewTransactions = async (
  client: Client,
  wallet: Address,
  { isNew, signal }: SentMessagesOptions,
): Promise<Transaction[]> => {
  const found = new Map<bigint, Transaction>()
  for (let from: { lt: string; hash: string } | undefined; ;) {
    signal?.throwIfAborted()
    const page = await client.getTransactions(wallet, { limit: PAGE, ...from })
    // A page begins with the transaction that it was asked to go on from.
    const news = page.filter((transaction) => isNew(transaction) && !found.has(transaction.lt))
    for (const transaction of news) found.set(transaction.lt, transaction)
    const last = page.at(-1)
    if (last === undefined || news.length === 0 || !isNew(last)) return [...found.values()]
    from = { lt: last.lt.toString(), hash: last.hash().toString('base64') }
  }
}

/**
 * Reads what a wallet was told to send, with the fees of every transaction that followed. One request at a time, so that
 * other reads through the same client are not kept waiting.
 *
 * @returns the messages of the newest transaction first
 * @throws what the client throws, also while a message has not arrived yet; the signal's reason
 */
export const readSentMessages = async (
  client: Client,
  wallet: Address,
  options: SentMessagesOptions,
): Promise<SentMessage[]> => {
  const { signal } = options

  /** Fees of one transaction and of everything its messages set off. */
  const treeFees = async (transaction: Transaction, address: Address): Promise<bigint> => {
    let sumNano = transaction.totalFees.coins
    for (const { info } of transaction.outMessages.values()) {
      if (info.type !== 'internal') continue
      signal?.throwIfAborted()
      const next = await client.tryLocateResultTx(address, info.dest, info.createdLt.toString())
      sumNano += info.forwardFee + (await treeFees(next, info.dest))
    }
    return sumNano
  }

  const messagesOf = async (transaction: Transaction): Promise<SentMessage[]> => {
    const sent: SentMessage[] = []
    for (const { info, body } of transaction.outMessages.values()) {
      if (info.type !== 'internal') continue
      signal?.throwIfAborted()
      const result = await client.tryLocateResultTx(wallet, info.dest, info.createdLt.toString())
      sent.push({ to: info.dest, body, feesNano: info.forwardFee + (await treeFees(result, info.dest)) })
    }
    const { coins } = transaction.totalFees
    const count = BigInt(sent.length)
    // What does not divide goes to the first, so that no nano is lost.
    return sent.map((message, index) => ({
      ...message,
      feesNano: message.feesNano + coins / count + (index === 0 ? coins % count : 0n),
    }))
  }

  const messages: SentMessage[] = []
  for (const transaction of await readNewTransactions(client, wallet, options)) {
    if (transaction.inMessage?.info.type === 'external-in') messages.push(...(await messagesOf(transaction)))
  }
  return messages
}
