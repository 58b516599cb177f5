import { Address } from '@ton/core'
import type { TonClient } from '@ton/ton'

const HISTORY = 100

/** @returns what the vault has paid to an address, in nano TON, in order. Its balance may be less, by its rent. */
export const readPayouts = async (client: TonClient, vault: string, address: string): Promise<bigint[]> => {
  const from = Address.parseRaw(vault)
  const transactions = await client.getTransactions(Address.parseRaw(address), { limit: HISTORY })
  return transactions.toReversed().flatMap(({ inMessage }) => {
    if (inMessage?.info.type !== 'internal' || !inMessage.info.src.equals(from)) return []
    return [inMessage.info.value.coins]
  })
}
