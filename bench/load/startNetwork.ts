import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { SupervisedProcess, Supervisor } from '@gstd/cli/supervisor'
import { type NetworkConfig, networkConfigSchema } from '@gstd/sdk'
import { z } from 'zod'
import { createProcesses } from '../../examples/demo/processes.ts'
import type { LoadPlan } from './LoadPlan.ts'
import { openDatabase } from './openDatabase.ts'

export type Account = { requester: string; escrow: string; seed: string }

/** A chain, a coordinator and requesters with filled escrows; no device, and no auditor until it is asked for. */
export type LoadNetwork = {
  network: NetworkConfig
  coordinator: SupervisedProcess
  requesters: Account[]
  startAuditor(): Promise<unknown>
  /** @returns processor time of the database's own processes, in µs */
  databaseCpuUs(): Promise<number | undefined>
  /** Stops the coordinator in order: a profile is written then. */
  stopCoordinator(): Promise<void>
  stop(): Promise<void>
}

const READY_MS = 90_000
const STOP_MS = 30_000
const accountSchema = z.object({ requester: z.string(), escrow: z.string(), seed: z.string() })
const binary = join(dirname(createRequire(import.meta.url).resolve('@gstd/cli/package.json')), 'dist', 'gstd.js')

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

const isReady = (line: string, stream: 'stdout' | 'stderr'): true | undefined =>
  stream === 'stdout' && line.startsWith('{') && JSON.parse(line).event === 'ready' ? true : undefined

/**
 * Starts what is measured, each part a process of the built `gstd`.
 *
 * @param depositTon - what each escrow is filled with
 */
export const startNetwork = async (
  plan: LoadPlan,
  { stateDir, supervisor, depositTon }: { stateDir: string; supervisor: Supervisor; depositTon: number },
): Promise<LoadNetwork> => {
  const processes = createProcesses(stateDir)
  const database = await openDatabase(plan.database)
  const stop = async (): Promise<void> => {
    await processes.stop()
    await database.close()
  }
  const fill = async (name: string): Promise<Account> => {
    await processes.run('wallet', 'create', '--name', name, '--fund', String(depositTon + 10))
    await processes.run('escrow', 'deposit', String(depositTon), '--wallet', name)
    return accountSchema.parse(await readJson(join(stateDir, 'sessions', `${name}.json`)))
  }
  try {
    await processes.start('devnet', 'devnet', 'start', '--port', '0')
    const profiling = plan.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${plan.profileDir}`]
    const listening = ['coordinator', 'start', '--listen', '127.0.0.1:0', ...database.options]
    const coordinator = supervisor.start({
      name: 'coordinator',
      command: process.execPath,
      args: [...profiling, binary, '--state-dir', stateDir, '--output', 'json', ...listening],
    })
    await coordinator.waitForLine(isReady, READY_MS)
    const names = Array.from({ length: plan.requesters }, (_, index) => `requester-${index}`)
    const requesters = await Promise.all(names.map(fill))
    return {
      network: networkConfigSchema.parse(await readJson(join(stateDir, 'network.json'))),
      coordinator,
      requesters,
      startAuditor: () => processes.start('auditor', 'auditor', 'start'),
      databaseCpuUs: database.cpuUs,
      stopCoordinator: async () => {
        await coordinator.stop(STOP_MS)
      },
      stop,
    }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}
