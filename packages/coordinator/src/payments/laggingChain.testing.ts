import type { ChainClient } from '../chain/createChainClient.ts'

type Answers = Pick<ChainClient, 'vault' | 'escrow' | 'readEscrow' | 'chargedAsOf' | 'epochAsOf'>

/** A node that can stop following the chain: from then on it answers what was true at that time. */
export type LaggingChain = {
  through(chain: ChainClient): ChainClient
  /** Stops it. @param requester - whose escrow it goes on to answer for */
  stop(chain: ChainClient, requester: string): Promise<void>
  catchUp(): void
  /** Answers once more what it did when it was stopped last. */
  fallBack(): void
}

export const createLaggingChain = (): LaggingChain => {
  let old: Answers | undefined
  let kept: Answers | undefined
  return {
    through: (chain) => ({
      ...chain,
      vault: () => (old ?? chain).vault(),
      escrow: (owner) => (old ?? chain).escrow(owner),
      readEscrow: (requester, maxAgeMs) => (old ?? chain).readEscrow(requester, maxAgeMs),
      chargedAsOf: (requester) => (old ?? chain).chargedAsOf(requester),
      epochAsOf: () => (old ?? chain).epochAsOf(),
    }),
    stop: async (chain, requester) => {
      const [vault, state, escrow, charged, epoch] = await Promise.all([
        chain.vault(),
        chain.escrow(requester),
        chain.readEscrow(requester, 0),
        chain.chargedAsOf(requester),
        chain.epochAsOf(),
      ])
      kept = {
        vault: async () => vault,
        escrow: async () => state,
        readEscrow: async () => escrow,
        chargedAsOf: async () => charged,
        epochAsOf: async () => epoch,
      }
      old = kept
    },
    catchUp: () => {
      old = undefined
    },
    fallBack: () => {
      old = kept
    },
  }
}
