import { toGstdError } from '@gstd/sdk'
import type { ChainClient } from '../chain/createChainClient.ts'
import type { Standing } from '../recovery/createStanding.ts'
import type { Queries } from '../storage/database.ts'
import { createProbe, type Finding, wrong } from './createProbe.ts'

/** Whether this coordinator takes tasks now, and if not, which check says no. */
export type ReadinessView = {
  status: 'ready' | 'not_ready'
  checks: Record<'database' | 'auditor' | 'chain' | 'intake', Finding>
}

export type ReadinessOptions = {
  database: Queries
  standing: Pick<Standing, 'check'>
  chain: Pick<ChainClient, 'vault'>
  isDraining: () => boolean
  /** Unix ms. */
  clock: () => number
}

/** Load balancers ask every few seconds and give up soon. */
const TIMEOUT_MS = 2_000
const CHAIN_FRESH_MS = 15_000

/** Builds what `GET /readyz` answers. */
export const createReadiness = (options: ReadinessOptions): (() => Promise<ReadinessView>) => {
  const { database, standing, chain, clock } = options
  const askDatabase = createProbe({
    ask: () => database.query('SELECT 1 AS one'),
    silence: 'STORAGE_UNAVAILABLE',
    timeoutMs: TIMEOUT_MS,
    freshMs: 0,
    clock,
  })
  const askChain = createProbe({
    ask: chain.vault,
    silence: 'CHAIN_UNAVAILABLE',
    timeoutMs: TIMEOUT_MS,
    freshMs: CHAIN_FRESH_MS,
    clock,
  })
  const auditor = (): Finding => {
    try {
      standing.check()
      return { ok: true }
    } catch (thrown) {
      return wrong(toGstdError(thrown).code)
    }
  }
  return async () => {
    const [onDatabase, onChain] = await Promise.all([askDatabase(), askChain()])
    const checks = {
      database: onDatabase,
      auditor: auditor(),
      chain: onChain,
      intake: options.isDraining() ? wrong('SHUTTING_DOWN') : ({ ok: true } as const),
    }
    return { status: Object.values(checks).every(({ ok }) => ok) ? 'ready' : 'not_ready', checks }
  }
}
