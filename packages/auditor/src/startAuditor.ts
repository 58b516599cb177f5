import { coordinatorUrl, createSigner, GstdError, type NetworkConfig, toGstdError } from '@gstd/sdk'
import { type ChainAccess, chainAccessOf, openChainReader } from '@gstd/sdk/contracts'
import { DEFAULT_KEEP_MS, openArchive } from './archive/openArchive.ts'
import type { AuditorEvent } from './auditorEvents.ts'
import { createCoordinatorApi } from './follow/createCoordinatorApi.ts'
import { createFollower } from './follow/createFollower.ts'
import { createCosigner, type SettlementChain } from './sign/createCosigner.ts'
import { createNotary } from './sign/createNotary.ts'
import { openSignedRecord } from './sign/openSignedRecord.ts'

export type AuditorOptions = {
  network: NetworkConfig
  /** Another address of the coordinator than the network's file names. */
  coordinatorUrl?: string
  /**
   * Says where the coordinator is by now: asked whenever it cannot be reached. What it throws, or undefined, changes
   * nothing.
   */
  findCoordinator?: () => Promise<string | undefined>
  /** Ed25519 seed of the auditor's key, 32 bytes in lower-case hex. */
  seed: string
  /** Folder for what this auditor has signed. */
  stateDir: string
  /** How long the log's entries are kept, for a coordinator that loses them; longer where something is unsettled. */
  keepLogMs?: number
  onEvent?: (event: AuditorEvent) => void
  /** How often the log is read while entries arrive. */
  pollMs?: number
  /** How the chain's endpoint may be used. */
  chainAccess?: ChainAccess
  /** The chain, where another reader than that of the network's endpoint is at hand. */
  chain?: SettlementChain
  /** Unix ms. */
  clock?: () => number
}

export type Auditor = {
  /** Origin of the coordinator, as of now. */
  readonly coordinator: string
  /** Entries verified so far. */
  readonly size: number
  /** Finishes the step it is in; signs nothing further. */
  stop(): Promise<void>
}

const DEFAULT_POLL_MS = 200
const MAX_IDLE_MS = 1_000
const MAX_STALLED_MS = 2_000
const REPEAT_MS = 30_000
/** A long log is followed in the background. */
const FIRST_STEP_MS = 10_000

/** Waits; ends early when the auditor is stopped. */
const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    signal.addEventListener('abort', done)
  })

/** Tells of a stall once, and again while it lasts. */
const createStallReport = (onEvent: (event: AuditorEvent) => void, clock: () => number) => {
  let told: { text: string; atMs: number } | undefined
  return {
    stalled: ({ code, message }: GstdError, size: number) => {
      const text = `${code}/${message}`
      if (told?.text === text && clock() - told.atMs < REPEAT_MS) return
      told = { text, atMs: clock() }
      onEvent({ type: 'stalled', size, code, message })
    },
    resumed: (size: number) => {
      if (told === undefined) return
      told = undefined
      onEvent({ type: 'resumed', size })
    },
  }
}

/**
 * Starts an auditor: it follows the coordinator's log, verifies every entry, signs heads, co-signs charges and commits,
 * or says exactly why not. It serves nothing and needs no coordinator to start: it waits for one.
 *
 * @throws GstdError `CONFIG_INVALID` for a wrong key, address or state folder, `STATE_LOCKED` when another auditor has the
 * folder, `STATE_CORRUPT`
 */
export const startAuditor = async (options: AuditorOptions): Promise<Auditor> => {
  const { network, clock = Date.now, onEvent = () => undefined, pollMs = DEFAULT_POLL_MS } = options
  let url = coordinatorUrl(options.coordinatorUrl ?? network.coordinator)
  const origin = { network: network.network, vault: network.vault }
  const signer = createSigner(options.seed)
  if (signer.publicKey !== network.auditor_key) {
    throw new GstdError('CONFIG_INVALID', 'the auditor’s key is not the one that the network names', {
      details: { key: signer.publicKey, expected: network.auditor_key },
    })
  }
  const record = await openSignedRecord(options.stateDir, origin)
  const archive = await openArchive({
    stateDir: options.stateDir,
    keepMs: options.keepLogMs ?? DEFAULT_KEEP_MS,
    clock,
  }).catch((thrown: unknown) => {
    record.close()
    throw thrown
  })
  const stopping = new AbortController()
  const { signal } = stopping
  const { endpoint, vault, gstd_master: gstdMaster } = network
  const chain =
    options.chain ??
    openChainReader({ endpoint, vault, gstdMaster, access: chainAccessOf(network.name, options.chainAccess) })
  const api = createCoordinatorApi({ url: () => url, origin, signer, address: network.operator_address, clock, signal })
  const notary = createNotary({ api, record, archive, signer, origin, clock, onEvent })
  const cosigner = createCosigner({ chain, record, notary, clock, onEvent })
  const follower = createFollower({ network, api, chain, record, archive, notary, cosigner, clock, onEvent })
  const report = createStallReport(onEvent, clock)

  /** @returns whether the coordinator is to be looked for elsewhere */
  const follow = async (): Promise<boolean> => {
    const find = async () => {
      const found = await options.findCoordinator?.()
      return found === undefined ? undefined : coordinatorUrl(found)
    }
    const next = await find().catch(() => undefined)
    if (next === undefined || next === url || signal.aborted) return false
    url = next
    onEvent({ type: 'moved', coordinator: url })
    return true
  }

  /** @returns how long to wait before the next step */
  const step = async (waitedMs: number): Promise<number> => {
    try {
      const isNew = await follower.step()
      report.resumed(follower.size)
      return isNew ? pollMs : Math.min(MAX_IDLE_MS, Math.max(pollMs, waitedMs * 1.5))
    } catch (thrown) {
      if (signal.aborted) return 0
      const error = toGstdError(thrown)
      report.stalled(error, follower.size)
      if (error.code === 'COORDINATOR_UNREACHABLE' && (await follow())) return pollMs
      return Math.min(MAX_STALLED_MS, Math.max(pollMs, waitedMs * 2))
    }
  }

  const run = async (firstMs: number): Promise<void> => {
    for (let delayMs = firstMs; !signal.aborted; delayMs = await step(delayMs)) await pause(delayMs, signal)
  }

  const first = step(pollMs)
  const running = first.then(run)
  await Promise.race([first, pause(FIRST_STEP_MS, signal)])
  return {
    get coordinator() {
      return url
    },
    get size() {
      return follower.size
    },
    stop: async () => {
      stopping.abort()
      await running
      await archive.close()
      record.close()
    },
  }
}
