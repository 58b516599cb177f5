import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient, createSigner, networkConfigSchema, type NetworkConfig } from '@gstd/sdk'
import type { SupervisedProcess } from '@gstd/cli/supervisor'
import { z } from 'zod'
import type { Processes, Started } from './processes.ts'

/** A device of the demo, and the wallet its pay goes to, which no contract stands behind yet. */
export type DemoDevice = { name: string; deviceId: string; payoutAddress: string; process: SupervisedProcess }

export type DemoNetwork = {
  network: NetworkConfig
  coordinator: Started
  devices: DemoDevice[]
  /** Of a requester with an escrow. */
  client: Client
}

const walletSchema = z.object({ address: z.string() })
const workerSchema = z.object({ device_id: z.string(), payout_address: z.string() })
const sessionSchema = z.object({ requester: z.string(), escrow: z.string(), seed: z.string() })

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

const startWorker = async (processes: Processes, name: string): Promise<DemoDevice> => {
  const payout = walletSchema.parse(await processes.run('wallet', 'create', '--name', `${name}-payout`))
  const args = ['worker', 'start', '--name', name, '--slots', '1', '--payout', payout.address]
  const { ready, process } = await processes.start(`worker ${name}`, ...args)
  const worker = workerSchema.parse(ready)
  return { name, deviceId: worker.device_id, payoutAddress: worker.payout_address, process }
}

/** Opens the client of the requester `bringUp` made. */
const openRequester = async (stateDir: string, network: NetworkConfig): Promise<Client> => {
  const session = sessionSchema.parse(await readJson(join(stateDir, 'sessions', 'requester.json')))
  return createClient({
    network,
    requester: session.requester,
    escrow: session.escrow,
    sessionKey: createSigner(session.seed),
  })
}

/**
 * Starts everything: the chain with its contracts, the coordinator, the auditor, a requester with an escrow, and one
 * device for each owner.
 *
 * @param say - told what is being done
 */
export const bringUp = async (
  processes: Processes,
  stateDir: string,
  say: (step: string) => void,
  owners: readonly string[] = ['alice', 'bob', 'carol'],
): Promise<DemoNetwork> => {
  say('starting a local TON network and deploying the contracts')
  await processes.start('devnet', 'devnet', 'start', '--port', '0')
  say('starting the coordinator and the auditor')
  const coordinator = await processes.start('coordinator', 'coordinator', 'start', '--listen', '127.0.0.1:0')
  const requester = async () => {
    await processes.run('wallet', 'create', '--name', 'requester', '--fund', '50')
    await processes.run('escrow', 'deposit', '20', '--wallet', 'requester')
  }
  say(`starting ${owners.length} devices of as many owners; the requester fills its escrow`)
  const [, , ...devices] = await Promise.all([
    processes.start('auditor', 'auditor', 'start'),
    requester(),
    ...owners.map((name) => startWorker(processes, name)),
  ])
  const network = networkConfigSchema.parse(await readJson(join(stateDir, 'network.json')))
  return { network, coordinator, devices, client: await openRequester(stateDir, network) }
}
