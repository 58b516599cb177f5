import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Coordinator, startCoordinator } from '@gstd/coordinator'
import { startDevnet } from '@gstd/devnet'
import { createSigner, type NetworkConfig, randomHex } from '@gstd/sdk'
import { deployNetwork } from '@gstd/sdk/contracts'
import { Address, type Sender, toNano } from '@ton/core'
import { TonClient } from '@ton/ton'
import type { Logger } from 'pino'
import { createWallet, sendFrom, type TestWallet } from './testWallet.ts'
import { until } from './until.ts'

/** A chain, its contracts and a coordinator in this process, each as it is in production. */
export type TestNetwork = {
  network: NetworkConfig
  /** Speaks to the chain itself. */
  client: TonClient
  /** May mint test GSTD. */
  minter: TestWallet
  auditorSeed: string
  databaseDir: string
  /** Folder of everything this network keeps. */
  directory: string
  /** Gives test TON, and waits until it is there. */
  giveTon(address: string, amountNano: bigint): Promise<void>
  /** @returns the chain's time, unix seconds */
  nowSec(): number
  /** Stops the coordinator, and keeps its database. */
  stopCoordinator(): Promise<void>
  /** Starts it again over its database, on the same port. */
  startCoordinator(): Promise<void>
  close(): Promise<void>
}

const GLOBAL_ID = -3
const HOST = '127.0.0.1'

const senderOf = (client: TonClient, wallet: TestWallet): Sender => ({
  address: wallet.contract.address,
  send: ({ to, value, bounce, body, init }) =>
    sendFrom(client, wallet, [{ to, value, ...(bounce && { bounce }), ...(body && { body }), ...(init && { init }) }]),
})

const faucetOf = (client: TonClient, url: string) => async (address: string, amountNano: bigint) => {
  const body = JSON.stringify({ address, amount_nano: amountNano.toString() })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!response.ok) throw new Error(`the faucet refused: ${await response.text()}`)
  const at = Address.parseRaw(address)
  await until('the faucet’s TON', async () => (await client.getBalance(at)) >= amountNano)
}

/**
 * Brings a network up in a temporary folder.
 *
 * @param changes - of the network's file, before the coordinator reads it
 * @param through - puts something between the chain and whoever reads the network's file
 */
export const openNetwork = async (
  logger: Logger,
  changes: Partial<NetworkConfig> = {},
  through: (endpoint: string) => Promise<string> = (endpoint) => Promise.resolve(endpoint),
): Promise<TestNetwork> => {
  const directory = await mkdtemp(join(tmpdir(), 'gstd-network-'))
  const devnet = await startDevnet({ listen: { host: HOST, port: 0 } })
  const client = new TonClient({ endpoint: devnet.endpoint })
  const giveTon = faucetOf(client, devnet.faucet)
  const [operator, minter, guardian] = [createWallet(GLOBAL_ID), createWallet(GLOBAL_ID), createWallet(GLOBAL_ID)]
  await Promise.all([operator, minter].map(({ address }) => giveTon(address, toNano('1000'))))
  const [coordinatorSeed, auditorSeed] = [randomHex(32), randomHex(32)]
  const keys = {
    coordinatorKey: createSigner(coordinatorSeed).publicKey,
    auditorKey: createSigner(auditorSeed).publicKey,
  }
  const { vault, gstdMaster } = await deployNetwork({
    client,
    sender: senderOf(client, operator),
    ...keys,
    guardian: guardian.contract.address,
    challengeWindowSec: 2,
    jettonAdmin: minter.contract.address,
  })
  await until('the contracts', async () =>
    (await Promise.all([vault, gstdMaster].map((at) => client.isContractDeployed(at)))).every(Boolean),
  )
  const network: NetworkConfig = {
    name: 'devnet',
    endpoint: await through(devnet.endpoint),
    faucet: devnet.faucet,
    network: GLOBAL_ID,
    vault: vault.toRawString(),
    gstd_master: gstdMaster.toRawString(),
    operator_address: operator.address,
    guardian: guardian.address,
    coordinator_key: keys.coordinatorKey,
    auditor_key: keys.auditorKey,
    challenge_window_sec: 2,
    minimum_payout_nano: '0',
    epoch_ms: 3000,
    independence: 'owner',
    coordinator: `http://${HOST}:1`,
    ...changes,
  }
  const databaseDir = join(directory, 'coordinator')
  let coordinator: Coordinator | undefined
  const start = async (port: number) => {
    const keys = { coordinatorSeed, operatorWallet: operator }
    coordinator = await startCoordinator({ network, databaseDir, listen: { host: HOST, port }, keys, logger })
    return coordinator.url
  }
  const url = await start(0)
  const stopCoordinator = async () => {
    await coordinator?.stop()
    coordinator = undefined
  }
  return {
    network: { ...network, coordinator: url },
    client,
    minter,
    auditorSeed,
    databaseDir,
    directory,
    giveTon,
    nowSec: devnet.nowSec,
    stopCoordinator,
    startCoordinator: async () => {
      await start(Number(new URL(url).port))
    },
    close: async () => {
      await stopCoordinator()
      await devnet.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
