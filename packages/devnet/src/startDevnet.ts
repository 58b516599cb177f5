import type { AddressInfo } from 'node:net'
import { GstdError } from '@gstd/sdk'
import { createChain } from './chain/createChain.ts'
import { createEmulator } from './chain/emulator.ts'
import { createClock } from './clock/createClock.ts'
import { createServer } from './http/createServer.ts'
import { openLedger } from './ledger/openLedger.ts'
import { buildConfig } from './network/buildConfig.ts'
import type { PriceSet } from './network/priceSets.ts'

export type DevnetOptions = {
  /** Port 0 takes a free one. */
  listen: { host: string; port: number }
  /** Folder that keeps the chain; without one it is gone with the process. */
  stateDir?: string
  /** Of the network, which contracts and wallets bind their signatures to: −3, testnet's, unless another is given. */
  globalId?: number
  /** What storage, gas and forwarding cost. */
  prices?: PriceSet
  /** Time between blocks. */
  blockMs?: number
  /** This machine's time in unix milliseconds. */
  machineMs?: () => number
  /** Told of what went wrong inside without stopping the network: a message or a request that could not be processed. */
  onError?: (thrown: unknown) => void
}

export type Devnet = {
  /** toncenter v2 JSON-RPC: what `new TonClient({ endpoint })` is given. */
  readonly endpoint: string
  /** Takes `POST {address, amount_nano}`. */
  readonly faucet: string
  /** Takes `POST {seconds}`. */
  readonly advanceUrl: string
  /** Whether the chain was there before. */
  readonly restored: boolean
  /** @returns the chain's time, unix seconds */
  nowSec(): number
  /** Moves the chain's time ahead. @returns the new time, unix seconds, which the last block has */
  advance(seconds: number): Promise<number>
  /** Rejects when the network cannot go on: its folder can no longer be written. */
  readonly failed: Promise<never>
  /** Finishes what was taken, saves, and closes every connection. */
  stop(): Promise<void>
}

const DEFAULT_BLOCK_MS = 100
const TESTNET = -3

const listenError = (thrown: unknown, host: string, port: number): unknown => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'EADDRINUSE') {
    return new GstdError('PORT_IN_USE', `another process listens on ${host}:${port}`, {
      details: { host, port },
      hint: 'stop it, or choose another port: 0 takes a free one',
      cause: thrown,
    })
  }
  return new GstdError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${String(code)}`, { cause: thrown })
}

/** @returns the URL under which this machine reaches what listens on a host */
const urlOf = (host: string, port: number): string => {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/**
 * Starts a TON network of one process.
 *
 * @throws GstdError `PORT_IN_USE`, `STATE_LOCKED` when another devnet runs on the folder, `STATE_CORRUPT`,
 * `CONFIG_INVALID`
 */
export const startDevnet = async (options: DevnetOptions): Promise<Devnet> => {
  const { listen, stateDir, globalId = TESTNET, prices = '2026-06', blockMs = DEFAULT_BLOCK_MS } = options
  const { machineMs = Date.now, onError = () => undefined } = options
  const config = buildConfig(globalId, prices)
  const emulator = await createEmulator(config.toBoc().toString('base64'))
  const ledger = openLedger(stateDir, globalId, Math.floor(machineMs() / 1000))
  const clock = createClock(machineMs, ledger.aheadSec(), ledger.lastBlock().nowSec)
  const chain = createChain({ ledger, emulator, clock, config, globalId, blockMs, onDropped: onError })
  const server = createServer(chain, onError)
  const stop = async (): Promise<void> => {
    try {
      await server.close()
      await chain.stop()
    } finally {
      ledger.close()
    }
  }
  try {
    await server.listen({ host: listen.host, port: listen.port })
  } catch (thrown) {
    await stop()
    throw listenError(thrown, listen.host, listen.port)
  }
  const { port } = server.server.address() as AddressInfo
  const url = urlOf(listen.host, port)
  return {
    endpoint: `${url}/api/v2/jsonRPC`,
    faucet: `${url}/faucet`,
    advanceUrl: `${url}/devnet/advance`,
    restored: ledger.restored,
    nowSec: clock.nowSec,
    advance: chain.advance,
    failed: chain.failed,
    stop,
  }
}
