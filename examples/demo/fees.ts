import { Address, type Transaction } from '@ton/core'
import { TonClient } from '@ton/ton'

const PAGE = 50

/** Reads what the demo shows of the chain, through the same API as for any TON network. */
export type ChainReader = {
  /** @returns nano TON; 0 for an address nothing was ever sent to */
  balanceNano(address: string): Promise<bigint>
  /** @returns the logical time of the newest transaction of an address */
  latestLt(address: string): Promise<bigint>
  /** @returns nano TON: every fee of the message trees that an address has begun since `sinceLt` */
  feesSince(address: string, sinceLt: bigint): Promise<bigint>
}

export const createChainReader = (endpoint: string): ChainReader => {
  const client = new TonClient({ endpoint })

  /** Fees of one transaction and of everything its messages set off. */
  const treeFees = async (transaction: Transaction, address: Address): Promise<bigint> => {
    let sum = transaction.totalFees.coins
    for (const message of transaction.outMessages.values()) {
      if (message.info.type !== 'internal') continue
      const { dest, createdLt, forwardFee } = message.info
      const next = await client.tryLocateResultTx(address, dest, createdLt.toString())
      sum += forwardFee + (await treeFees(next, dest))
    }
    return sum
  }

  const transactionsSince = async (address: Address, sinceLt: bigint): Promise<Transaction[]> => {
    const found: Transaction[] = []
    for (let from: { lt: string; hash: string } | undefined; ;) {
      const page = await client.getTransactions(address, { limit: PAGE, ...from })
      const news = page.filter(({ lt }) => lt > sinceLt && !found.some((known) => known.lt === lt))
      found.push(...news)
      const last = page.at(-1)
      if (last === undefined || news.length === 0) return found
      from = { lt: last.lt.toString(), hash: last.hash().toString('base64') }
    }
  }

  return {
    balanceNano: (address) => client.getBalance(Address.parseRaw(address)),
    latestLt: async (address) => (await client.getTransactions(Address.parseRaw(address), { limit: 1 }))[0]?.lt ?? 0n,
    feesSince: async (address, sinceLt) => {
      const parsed = Address.parseRaw(address)
      const begun = (await transactionsSince(parsed, sinceLt)).filter(
        ({ inMessage }) => inMessage?.info.type === 'external-in',
      )
      const fees = await Promise.all(begun.map((transaction) => treeFees(transaction, parsed)))
      return fees.reduce((sum, fee) => sum + fee, 0n)
    },
  }
}
