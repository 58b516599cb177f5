import { join } from 'node:path'
import { type Auditor, type AuditorEvent, startAuditor } from '@gstd/auditor'
import { type Client, createClient } from '@gstd/sdk'
import { type ChainReader, openChainReader } from '@gstd/sdk/contracts'
import { startWorker, type Worker } from '@gstd/worker'
import { readPayouts } from './readPayouts.ts'
import { encode } from 'fast-png'
import { fundRequesters } from './fundRequesters.ts'
import type { TestNetwork } from './openNetwork.ts'
import { createWallet } from './testWallet.ts'

export type RunningAuditor = { auditor: Auditor; events: AuditorEvent[] }
export type RunningDevice = { worker: Worker; payoutAddress: string }

/** Everybody but the coordinator, in this process. */
export type Parties = {
  client: Client
  devices: RunningDevice[]
  /** The chain as the project reads it. */
  chain: ChainReader
  /** @param coordinatorUrl - another way to the coordinator than the network's file names */
  startAuditor(coordinatorUrl?: string): Promise<RunningAuditor>
  /** @returns what the vault has sent to an address, one sum for each payment, oldest first */
  payoutsTo(address: string): Promise<bigint[]>
  stop(): Promise<void>
}

/** Starts devices of as many owners, and opens an escrow. */
export const startParties = async (net: TestNetwork, owners: number): Promise<Parties> => {
  const { network, directory } = net
  const { requester } = await fundRequesters(net, { requester: {} })
  const devices: RunningDevice[] = []
  for (let index = 0; index < owners; index++) {
    const owner = createWallet(network.network)
    const payoutAddress = createWallet(network.network).address
    const worker = await startWorker({
      stateDir: join(directory, `worker-${index}`),
      network,
      owner: { signer: owner.signer, address: owner.address, wallet: 'v5r1' },
      payoutAddress,
      slots: 1,
      models: ['nsfw-mobilenet-v2'],
      modelCacheDir: join(directory, 'models'),
      allowLoopback: true,
    })
    devices.push({ worker, payoutAddress })
  }
  const auditors = new Set<Auditor>()
  return {
    client: createClient({ network, requester: requester.address, sessionKey: requester.sessionKey }),
    devices,
    chain: openChainReader({ endpoint: network.endpoint, vault: network.vault, gstdMaster: network.gstd_master }),
    startAuditor: async (coordinatorUrl) => {
      const events: AuditorEvent[] = []
      const auditor = await startAuditor({
        network,
        seed: net.auditorSeed,
        stateDir: join(directory, 'auditor'),
        pollMs: 50,
        onEvent: (event) => events.push(event),
        ...(coordinatorUrl !== undefined && { coordinatorUrl }),
      })
      auditors.add(auditor)
      return { auditor, events }
    },
    payoutsTo: (address) => readPayouts(net.client, network.vault, address),
    stop: async () => {
      await Promise.all([...auditors].map((auditor) => auditor.stop()))
      await Promise.all(devices.map(({ worker }) => worker.finish(1000)))
    },
  }
}

/** A small picture that is like no other of this run. */
export const picture = (index: number): Uint8Array => {
  const data = new Uint8Array(24 * 24 * 3).map((_, at) => (at * 31 + index * 97) % 256)
  return encode({ width: 24, height: 24, channels: 3, depth: 8, data })
}
