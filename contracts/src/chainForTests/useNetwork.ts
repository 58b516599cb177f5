import type { PriceSet } from '@gstd/devnet'
import type { BlockchainSnapshot } from '@ton/sandbox'
import { beforeAll, beforeEach } from 'vitest'
import { createRequester, type Requester } from './createRequester.ts'
import { openTestNetwork, type TestNetwork } from './openTestNetwork.ts'

export type Opened = { network: TestNetwork; requester: Requester }

/**
 * Gives every test of a `describe` the same fresh network with one requester, who has deposited 10 TON.
 *
 * @returns what opens it inside a test
 */
export const useNetwork = (prices: PriceSet): (() => Opened) => {
  let opened: (Opened & { snapshot: BlockchainSnapshot }) | undefined
  beforeAll(async () => {
    const network = await openTestNetwork(prices)
    const requester = await createRequester(network)
    opened = { network, requester, snapshot: network.chain.snapshot() }
  })
  beforeEach(async () => opened?.network.chain.loadFrom(opened.snapshot))
  return () => {
    if (opened === undefined) throw new Error('the network opens before the tests')
    return opened
  }
}
