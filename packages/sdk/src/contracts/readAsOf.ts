import { type Address, Cell, type Slice } from '@ton/core'
import type { TonClient } from '@ton/ton'
import { readChecked } from './cells.ts'

/** What a contract held at a time of the chain: both are of one answer, so one cannot be newer than the other. */
export type AsOf<Value> = {
  value: Value
  /** Time of the block that the state is of, unix seconds. */
  atSec: number
}

const readStorage = async <Value>(
  client: TonClient,
  address: Address,
  absent: Value,
  read: (storage: Slice) => Value,
): Promise<AsOf<Value>> => {
  const { data, state, timestampt: atSec } = await client.getContractState(address)
  if (state !== 'active' || data === null) return { value: absent, atSec }
  const value = readChecked('the contract', () => read(Cell.fromBoc(data)[0]?.beginParse() ?? new Cell().beginParse()))
  return { value, atSec }
}

/**
 * @returns an escrow's `charged` in nano, 0 before its first deposit, and the time of which that is true
 * @throws GstdError `CHAIN_STATE_INVALID`
 */
export const readChargedAsOf = (client: TonClient, escrow: Address): Promise<AsOf<bigint>> =>
  readStorage(client, escrow, 0n, (storage) => {
    storage.loadAddress()
    storage.loadAddress()
    storage.loadCoins()
    return storage.loadCoins()
  })

/**
 * @returns the vault's last committed epoch and the time of which that is true
 * @throws GstdError `CHAIN_STATE_INVALID`
 */
export const readEpochAsOf = (client: TonClient, vault: Address): Promise<AsOf<number>> =>
  // Behind the length of the challenge window.
  readStorage(client, vault, 0, (storage) => storage.skip(32).loadUint(32))
