import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chargeCellOf } from '@gstd/sdk/contracts'
import { afterEach, beforeEach } from 'vitest'
import type { AuditorEvent } from '../auditorEvents.ts'
import { escrowState, vaultState } from '../historyForTests/chainStates.ts'
import { createHistory, type History } from '../historyForTests/createHistory.ts'
import { entryOf } from '../historyForTests/fullHistory.ts'
import { auditorSeed, certifiedDevice, origin } from '../historyForTests/parties.ts'
import type { SettlementChain } from '../sign/createCosigner.ts'
import { type Auditor, type AuditorOptions, startAuditor } from '../startAuditor.ts'
import { type LogServer, startLogServer } from './startLogServer.ts'

/** A chain that shows what it is told. */
export const chainOf = (
  vault: Parameters<typeof vaultState>[0] = {},
  escrow: Parameters<typeof escrowState>[0] = {},
): SettlementChain => ({
  vault: () => Promise.resolve(vaultState(vault)),
  escrow: () => Promise.resolve(escrowState(escrow)),
})

export type Started = {
  auditor: Auditor
  events: AuditorEvent[]
  until: (found: (event: AuditorEvent) => boolean) => Promise<void>
}

export const isStalled = (code: string, words: RegExp) => (event: AuditorEvent) =>
  event.type === 'stalled' && event.code === code && words.test(event.message)

/** A log that ends with a charge that nobody has decided on. */
export const withCharge = async (): Promise<History> => {
  const log = await createHistory()
  const devices = [await certifiedDevice('a'), await certifiedDevice('b')] as const
  for (const device of devices) log.device(device)
  const task = await log.task({ name: 'only' })
  await log.run(task, [
    [devices[0], 'Neutral'],
    [devices[1], 'Neutral'],
  ])
  await log.charge(1, [task], 0n, 0)
  return log
}

export const hashOfCharge = (history: History): string =>
  chargeCellOf(entryOf(history.entries, 'charge').body, origin).hash().toString('hex')

/** Real auditors over real HTTP: what a test starts is stopped with it. */
export const useAuditors = () => {
  let stateDir = ''
  let running: { stop(): Promise<void> }[] = []
  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'gstd-auditor-'))
  })
  afterEach(async () => {
    for (const one of running.toReversed()) await one.stop()
    running = []
    await rm(stateDir, { recursive: true, force: true })
  })
  return {
    stateDir: () => stateDir,
    serve: async (history: History, options: Parameters<typeof startLogServer>[1] = {}): Promise<LogServer> => {
      const server = await startLogServer(history, options)
      running.push(server)
      return server
    },
    audit: async (server: LogServer, options: Partial<AuditorOptions> = {}): Promise<Started> => {
      const events: AuditorEvent[] = []
      const waiting = new Set<() => void>()
      const auditor = await startAuditor({
        network: server.network,
        seed: auditorSeed,
        stateDir,
        chain: chainOf({ epoch: 9 }),
        pollMs: 5,
        onEvent: (event) => {
          events.push(event)
          for (const wake of waiting) wake()
        },
        ...options,
      })
      running.push(auditor)
      const until = (found: (event: AuditorEvent) => boolean): Promise<void> =>
        new Promise((resolve) => {
          const look = () => {
            if (!events.some(found)) return
            waiting.delete(look)
            resolve()
          }
          waiting.add(look)
          look()
        })
      return { auditor, events, until }
    },
  }
}
