import { openTonClient, readSentMessages } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'

/** Reads what the demo shows of the chain, through the same API as for any TON network. */
export type ChainReader = {
  /** @returns nano TON; 0 for an address nothing was ever sent to */
  balanceNano(address: string): Promise<bigint>
  /** @returns the logical time of the newest transaction of an address */
  latestLt(address: string): Promise<bigint>
  /** @returns nano TON: every fee of the message trees that a wallet has begun since `sinceLt` */
  feesSince(address: string, sinceLt: bigint): Promise<bigint>
}

export const createChainReader = (endpoint: string): ChainReader => {
  const client = openTonClient(endpoint)
  return {
    balanceNano: (address) => client.getBalance(Address.parseRaw(address)),
    latestLt: async (address) => (await client.getTransactions(Address.parseRaw(address), { limit: 1 }))[0]?.lt ?? 0n,
    feesSince: async (address, sinceLt) => {
      const sent = await readSentMessages(client, Address.parseRaw(address), { isNew: ({ lt }) => lt > sinceLt })
      return sent.reduce((sum, { feesNano }) => sum + feesNano, 0n)
    },
  }
}
