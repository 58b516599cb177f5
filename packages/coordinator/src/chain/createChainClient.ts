import { type ChainAccess, type ChainReader, openChainReader, escrowAddress } from '@gstd/sdk/contracts'
import { Address } from '@ton/core'
import type { EscrowState, RequesterChain } from '../intake/requesterView.ts'

/** The coordinator's view of the chain: what intake may read a minute late, and what payments read fresh. */
export type ChainClient = RequesterChain &
  Pick<ChainReader, 'vault' | 'escrow' | 'chargedAsOf' | 'epochAsOf' | 'client' | 'call'>

type Cached<Value> = { atMs: number; value: Promise<Value> }

/** Answers from the last read where that is recent enough; concurrent reads of one key are one read. */
const cachedBy = <Value>(read: (key: string) => Promise<Value>, clock: () => number) => {
  const known = new Map<string, Cached<Value>>()
  return (key: string, maxAgeMs: number): Promise<Value> => {
    const last = known.get(key)
    if (last !== undefined && maxAgeMs > 0 && clock() - last.atMs <= maxAgeMs) return last.value
    const value = read(key)
    known.set(key, { atMs: clock(), value })
    value.catch(() => known.delete(key))
    return value
  }
}

/**
 * Opens the chain of a network.
 *
 * @param addresses - endpoint, how it may be used, and raw addresses of vault and GSTD master
 * @param clock - unix ms
 */
export const createChainClient = (
  addresses: { endpoint: string; vault: string; gstdMaster: string; access?: ChainAccess | undefined },
  clock: () => number,
): ChainClient => {
  const reader = openChainReader(addresses)
  const vault = Address.parseRaw(addresses.vault)

  const readEscrow = async (requester: string): Promise<EscrowState | undefined> => {
    const state = await reader.escrow(requester)
    if (state === undefined) return undefined
    return {
      address: escrowAddress(Address.parseRaw(requester), vault).toRawString(),
      session: state.session,
      previousSession: state.previousSession,
      balanceNano: state.balanceNano,
      chargedNano: state.chargedNano,
      tasks: state.tasks,
      closeAtSec: state.closeAtSec,
    }
  }

  return {
    client: reader.client,
    call: reader.call,
    vault: reader.vault,
    escrow: reader.escrow,
    chargedAsOf: reader.chargedAsOf,
    epochAsOf: reader.epochAsOf,
    readEscrow: cachedBy(readEscrow, clock),
    readGstdBalance: cachedBy(reader.gstdBalance, clock),
  }
}
