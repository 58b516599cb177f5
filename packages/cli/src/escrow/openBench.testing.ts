import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Devnet, type PriceSet, startDevnet } from '@gstd/devnet'
import type { NetworkConfig } from '@gstd/sdk'
import { deployContracts } from '../devnet/deployContracts.ts'
import { openOrMakeOperatorKeys } from '../keys/operatorKeys.ts'
import { createKeyring, DEVNET_GLOBAL_ID } from '../keystore/createKeyring.ts'
import { sourceArguments, plainEnvironment } from '../program/gstdFromSources.testing.ts'
import { writeJsonFile } from '../state/jsonFile.ts'
import { networkFile } from '../state/paths.ts'

export type Ended = { code: number | null; stdout: string; stderr: string; data: Record<string, unknown> }

/** A real devnet with the contracts, whose time a test may move, and a state folder that commands run in. */
export type Bench = {
  readonly stateDir: string
  readonly devnet: Devnet
  readonly network: NetworkConfig
  /** Runs a command from its sources, in JSON mode. */
  gstd(words: readonly string[], options?: { env?: Record<string, string>; stdin?: string }): Promise<Ended>
  close(): Promise<void>
}

/** Opens a bench, at the prices since June 2026 unless it is told otherwise. */
export const openBench = async ({ prices = '2026-06' }: { prices?: PriceSet } = {}): Promise<Bench> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'gstd-bench-'))
  const devnet = await startDevnet({ listen: { host: '127.0.0.1', port: 0 }, blockMs: 20, prices })
  const name = { name: 'devnet', network: DEVNET_GLOBAL_ID }
  const sources = { environment: undefined, file: undefined, terminal: undefined }
  const keys = await openOrMakeOperatorKeys(createKeyring({ stateDir, network: name, sources }))
  const { endpoint, faucet } = devnet
  const address = { endpoint, faucet, coordinator: 'http://127.0.0.1:9' }
  const { network } = await deployContracts(address, keys, undefined, AbortSignal.timeout(60_000))
  await writeJsonFile(networkFile(stateDir), network, 'public')
  return {
    stateDir,
    devnet,
    network,
    gstd: async (words, { env = {}, stdin = '' } = {}) => {
      const child = spawn(process.execPath, [...sourceArguments, ...words, '--output', 'json'], {
        env: { ...plainEnvironment(stateDir), ...env },
      })
      child.stdin.end(stdin)
      const closed = once(child, 'close')
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
      await closed
      const data: Record<string, unknown> = stdout === '' ? {} : JSON.parse(stdout)
      return { code: child.exitCode, stdout, stderr, data }
    },
    close: async () => {
      await devnet.stop()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}
