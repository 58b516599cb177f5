import { GstdError, type LogEntry, logEntryHash, type NetworkConfig, toHex, verifyHead } from '@gstd/sdk'
import type { VaultState } from '@gstd/sdk/contracts'
import type { Archive } from '../archive/openArchive.ts'
import type { AuditorEvent } from '../auditorEvents.ts'
import { createLedger, type Finding, type Ledger } from '../ledger/createLedger.ts'
import type { Outside } from '../ledger/entryContext.ts'
import { type EndEntry, isBorneOut, isEndEntry } from '../ledger/isBorneOut.ts'
import { cosignedCommit } from '../ledger/markCosigned.ts'
import type { Cosigner, SettlementChain } from '../sign/createCosigner.ts'
import type { Notary } from '../sign/createNotary.ts'
import type { HeadMark, SignedRecord } from '../sign/openSignedRecord.ts'
import type { CoordinatorApi } from './createCoordinatorApi.ts'
import { PAGE_ENTRIES, readPage } from './readPage.ts'

export type FollowerOptions = {
  network: NetworkConfig
  api: CoordinatorApi
  chain: SettlementChain
  record: SignedRecord
  archive: Archive
  notary: Notary
  cosigner: Cosigner
  /** Unix ms. */
  clock: () => number
  onEvent: (event: AuditorEvent) => void
}

export type Follower = {
  /** Entries verified so far. */
  readonly size: number
  /**
   * Verifies what is new, refuses what does not hold, signs a head, decides on charges and commits. What fails leaves
   * everything as it was and is taken up again by the next step.
   *
   * @returns whether there was anything new
   * @throws GstdError why nothing further is signed
   */
  step(): Promise<boolean>
}

const ENDS = { executed: 'paid', vetoed: 'vetoed', uncommitted: 'given up' } as const satisfies Record<
  EndEntry['kind'],
  string
>

/** How long the vault may lag behind an entry that ends an epoch before that is a refusal, which cannot be made good. */
const PATIENCE_MS = 60_000

const largest = (...marks: (HeadMark | undefined)[]): HeadMark | undefined =>
  marks.reduce((best, mark) => (mark !== undefined && mark.size > (best?.size ?? 0) ? mark : best), undefined)

/** Makes the one that follows a coordinator's log. */
export const createFollower = (options: FollowerOptions): Follower => {
  const { network, api, chain, record, archive, notary, cosigner, clock } = options
  const origin = { network: network.network, vault: network.vault }
  let ledger: Ledger = createLedger(network)
  let lastHash: string | undefined
  let unsent: Finding[] = []
  let signed: HeadMark | undefined
  /** What this auditor signed before it was started: the log must contain it. */
  let anchor: HeadMark | undefined
  let anchorKnown = false
  let lateSince: { index: number; atMs: number } | undefined

  const reset = async (): Promise<void> => {
    ledger = createLedger(network)
    lastHash = undefined
    unsent = []
    signed = undefined
    await archive.rewind()
  }

  /** The record on disk may be gone or old: the coordinator has the last head, too, and only this key can have signed it. */
  const readAnchor = async (): Promise<void> => {
    const served = await api.readHead()
    if (served !== undefined) await verifyHead(served, network.auditor_key)
    const mine = largest(record.head, archive.head?.head)
    const head = served?.head
    const isOurs = head?.network === origin.network && head.vault === origin.vault
    anchor = isOurs && head.size > (mine?.size ?? 0) ? { size: head.size, root: head.root } : mine
    anchorKnown = true
  }

  const tell = async (mark: HeadMark): Promise<void> => {
    try {
      await notary.repeatHead(mark)
    } catch (thrown) {
      // Whoever only refuses the head is judged by the log that it serves.
      if (!(thrown instanceof GstdError) || thrown.code !== 'DOCUMENT_MALFORMED') throw thrown
    }
  }

  /** A coordinator that was started anew may lack what was signed: it writes nothing until it was told. */
  const readLog: CoordinatorApi['readLog'] = async (from, limit) => {
    const page = await api.readLog(from, limit)
    // The record may hold one that the coordinator did not take before it was stopped.
    const mark = largest(anchor, signed, record.head)
    if (mark !== undefined && (page.awaitsHead || page.size < mark.size)) await tell(mark)
    return page
  }

  const checkAnchor = async (): Promise<void> => {
    if (anchor === undefined || ledger.tree.size < anchor.size) return
    const root = toHex(ledger.tree.root(anchor.size))
    if (root === anchor.root) return
    await reset()
    throw new GstdError('AUDITOR_REFUSED', 'the log does not contain the head that this auditor signed: a fork', {
      details: { size: anchor.size, root, signed_root: anchor.root },
    })
  }

  /** The chain may lag behind the coordinator's view of it: an epoch that does not show yet is asked for again. */
  const readVault = async (entry: EndEntry): Promise<VaultState | undefined> => {
    const vault = await chain.vault()
    const commit = cosignedCommit(ledger.state, entry.body.epoch)
    if (vault !== undefined && (commit === undefined || isBorneOut(vault, entry, commit))) return vault
    if (lateSince?.index !== entry.index) lateSince = { index: entry.index, atMs: clock() }
    if (clock() - lateSince.atMs > PATIENCE_MS) return vault
    throw new GstdError(
      'CHAIN_TIMEOUT',
      `the vault does not show epoch ${entry.body.epoch} as ${ENDS[entry.kind]} yet`,
      {
        details: { epoch: entry.body.epoch },
      },
    )
  }

  const readOutside = async (entry: LogEntry): Promise<Outside> => {
    const wants = ledger.wants(entry)
    const vouched = anchor !== undefined && entry.index < anchor.size
    const evidence = wants.evidenceOf === undefined ? undefined : await api.readEvidence(wants.evidenceOf)
    // Evidence is gone once a task is settled; what it showed is covered by the head that was signed then.
    const isGone = evidence?.knownAnswer === undefined || evidence.results.size === 0
    return {
      vouched,
      ...(evidence !== undefined && !(vouched && isGone) && { evidence }),
      ...(wants.vault === true && isEndEntry(entry) && { vault: await readVault(entry) }),
    }
  }

  const verify = async (entries: readonly LogEntry[]): Promise<void> => {
    for (const entry of entries) {
      const findings = await ledger.apply(entry, await readOutside(entry))
      lastHash = toHex(logEntryHash(entry, origin))
      await archive.add(entry)
      // What lies under a head that was signed has been refused before that.
      if (anchor === undefined || entry.index >= anchor.size) unsent.push(...findings)
    }
    await checkAnchor()
  }

  const isPastAnchor = (): boolean => anchor === undefined || ledger.tree.size >= anchor.size

  /** Refusals before the head: what a head covers and nobody refused is final. */
  const conclude = async (): Promise<void> => {
    if (!isPastAnchor() || ledger.tree.size === 0) return
    for (let finding = unsent[0]; finding !== undefined; finding = unsent[0]) {
      await notary.refuse(finding)
      unsent.shift()
    }
    if (ledger.tree.size <= (signed?.size ?? 0)) return
    record.forget(ledger.drainLogged())
    signed = await notary.signHead(ledger)
  }

  return {
    get size() {
      return ledger.tree.size
    },
    step: async () => {
      if (!anchorKnown) await readAnchor()
      let isNew = false
      for (;;) {
        const { entries, size } = await readPage({ readLog }, { size: ledger.tree.size, lastHash }, origin)
        await verify(entries)
        await conclude()
        isNew ||= entries.length > 0
        if (ledger.tree.size >= size || entries.length < PAGE_ENTRIES - 1) break
      }
      if (anchor !== undefined && ledger.tree.size < anchor.size) {
        throw new GstdError('AUDITOR_REFUSED', 'the log is shorter than the head that this auditor signed', {
          details: { size: ledger.tree.size, signed_size: anchor.size },
        })
      }
      await cosigner.decide(ledger)
      return isNew
    },
  }
}
